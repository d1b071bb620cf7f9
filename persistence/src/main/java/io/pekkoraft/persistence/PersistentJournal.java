package io.pekkoraft.persistence;

import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.SnapshotDescriptor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorRefFactory;
import org.apache.pekko.actor.Props;

/**
 * A {@link Journal} on Pekko Persistence, with whatever journal and snapshot-store plug-in is
 * configured. Its actor is a child of the node's.
 */
public final class PersistentJournal implements Journal {
  private final ActorRef actor;

  /**
   * @param actor made from {@link #props}
   */
  public PersistentJournal(ActorRef actor) {
    this.actor = actor;
  }

  /**
   * What the journal's actor is made from. It reads the journal at once.
   *
   * @param listener called from the journal's actor
   */
  public static Props props(JournalSettings settings, Listener listener) {
    return Props.create(JournalActor.class, () -> new JournalActor(settings, listener));
  }

  /**
   * Opens the journal as a child of {@code parent}.
   *
   * @param parent context of a classic actor, or of a typed one through {@code Adapter.toClassic}
   * @param name of the child
   * @param listener called from the journal's actor
   */
  public static PersistentJournal open(
      ActorRefFactory parent, String name, JournalSettings settings, Listener listener) {
    return new PersistentJournal(parent.actorOf(props(settings, listener), name));
  }

  @Override
  public void write(long ticket, LogBatch batch) {
    actor.tell(new JournalActor.Write(ticket, batch), ActorRef.noSender());
  }

  @Override
  public void compact(SnapshotDescriptor snapshot) {
    actor.tell(new JournalActor.Compact(snapshot), ActorRef.noSender());
  }
}

package io.pekkoraft.persistence;

import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.SnapshotDescriptor;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorRefFactory;
import org.apache.pekko.actor.Props;

/**
 * A {@link Journal} on Pekko Persistence, with whatever journal and snapshot-store plug-in is
 * configured. Its actor is a child of the node's.
 */
public final class PersistentJournal implements Journal {
  /** A persistent actor stashes; named here because {@link Props} shows no type that says so. */
  private static final String MAILBOX = "pekko.actor.mailbox.unbounded-deque-based";

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
    return Props.create(AbstractActor.class, () -> create(settings, listener)).withMailbox(MAILBOX);
  }

  private static AbstractActor create(JournalSettings settings, Listener listener) {
    try {
      return JournalActor.create(settings, listener);
    } catch (RuntimeException e) {
      // Thrown on, it would make a typed parent create this child again and again.
      listener.failed(e);
      return new NotOpened();
    }
  }

  /**
   * Opens the journal as a child of {@code parent}.
   *
   * @param parent context of a classic actor, or of a typed one through {@code Adapter.toClassic}
   * @param name of the child
   * @param dispatcher where it runs, which never blocks: best its node's own, so that a write costs
   *     no wait for the application's actors
   * @param listener called from the journal's actor
   */
  public static PersistentJournal open(
      ActorRefFactory parent,
      String name,
      String dispatcher,
      JournalSettings settings,
      Listener listener) {
    return new PersistentJournal(
        parent.actorOf(props(settings, listener).withDispatcher(dispatcher), name));
  }

  /** Its actor, for whoever watches it: it tells of failures itself, but not if it is stopped. */
  public ActorRef actor() {
    return actor;
  }

  @Override
  public void write(long ticket, LogBatch batch) {
    actor.tell(new JournalActor.Write(ticket, batch), ActorRef.noSender());
  }

  @Override
  public void compact(SnapshotDescriptor snapshot) {
    actor.tell(new JournalActor.Compact(snapshot), ActorRef.noSender());
  }

  /** In place of a journal whose plug-in could not be had; stops at once. */
  private static final class NotOpened extends AbstractActor {
    @Override
    public void preStart() {
      getContext().stop(getSelf());
    }

    @Override
    public Receive createReceive() {
      return AbstractActor.emptyBehavior();
    }
  }
}

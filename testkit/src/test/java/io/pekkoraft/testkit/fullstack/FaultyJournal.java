package io.pekkoraft.testkit.fullstack;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.util.Map;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.PersistentEnvelope;
import org.apache.pekko.persistence.PersistentRepr;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The write-ahead journal, with a fault before it: it refuses what it is asked for as {@code fault}
 * says, from the {@code after}-th request on. Made by Pekko Persistence, from a configuration of
 * {@link #config}.
 */
public final class FaultyJournal extends AbstractActor {
  /** What goes wrong. */
  enum Fault {
    /** A write fails, as when the storage cannot be reached. */
    WRITE_FAILS,
    /** An event is rejected, as when it cannot be serialized. */
    EVENT_REJECTED,
    /** What is there cannot be read. */
    REPLAY_FAILS
  }

  private final ActorRef real;
  private final Fault fault;
  private final int after;
  private int writes;

  /** Called by Pekko Persistence. */
  public FaultyJournal(Config config) {
    this.real =
        Persistence.get(getContext().getSystem())
            .journalFor("pekko-raft.persistence.journal", ConfigFactory.empty());
    this.fault = Fault.valueOf(config.getString("fault"));
    this.after = config.getInt("after");
  }

  static Config config(Fault fault, int after) {
    return ConfigFactory.parseMap(
        Map.of(
            "pekko-raft.journal-plugin",
            "faulty-journal",
            "faulty-journal",
            Map.of("class", FaultyJournal.class.getName(), "fault", fault.name(), "after", after)));
  }

  @Override
  public Receive createReceive() {
    return receiveBuilder()
        .match(JournalProtocol.WriteMessages.class, this::onWrite)
        .match(JournalProtocol.ReplayMessages.class, this::onReplay)
        .matchAny(message -> real.forward(message, getContext()))
        .build();
  }

  private void onReplay(JournalProtocol.ReplayMessages replay) {
    if (fault == Fault.REPLAY_FAILS) {
      IOException cause = new IOException("injected: unreadable");
      replay.persistentActor().tell(new JournalProtocol.ReplayMessagesFailure(cause), getSelf());
    } else {
      real.forward(replay, getContext());
    }
  }

  private void onWrite(JournalProtocol.WriteMessages write) {
    writes++;
    if (fault == Fault.REPLAY_FAILS || writes <= after) {
      real.forward(write, getContext());
      return;
    }
    IOException cause = new IOException("injected: not written");
    ActorRef asker = write.persistentActor();
    boolean fails = fault == Fault.WRITE_FAILS;
    asker.tell(
        fails
            ? new JournalProtocol.WriteMessagesFailed(cause, 1)
            : JournalProtocol.WriteMessagesSuccessful$.MODULE$,
        getSelf());
    for (PersistentEnvelope envelope : CollectionConverters.asJava(write.messages())) {
      for (PersistentRepr event : CollectionConverters.asJava(((AtomicWrite) envelope).payload())) {
        asker.tell(
            fails
                ? new JournalProtocol.WriteMessageFailure(event, cause, write.actorInstanceId())
                : new JournalProtocol.WriteMessageRejected(event, cause, write.actorInstanceId()),
            getSelf());
      }
    }
  }
}

package io.pekkoraft.persistence.wal;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.NonPersistentRepr;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.PersistentRepr$;
import org.apache.pekko.persistence.journal.WriteEventAdapter;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** The answers that the journal gives itself, beside those that Pekko gives in its place. */
class DirectRepliesTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Duration LITTLE = Duration.ofMillis(1);

  @TempDir Path directory;

  /** Stores a number as text, and fails on a negative one. */
  static final class Words implements WriteEventAdapter {
    @Override
    public String manifest(Object event) {
      return "word";
    }

    @Override
    public Object toJournal(Object event) {
      if ((Integer) event < -10) {
        throw new AssertionError("far below zero");
      }
      if ((Integer) event < 0) {
        throw new IllegalArgumentException("negative");
      }
      return "number " + event;
    }
  }

  @Test
  void they_are_the_same_messages_in_the_same_order_from_the_same_senders() {
    List<String> own = answers(true);
    assertThat(own).hasSize(23).isEqualTo(answers(false));
  }

  private List<String> answers(boolean direct) {
    ActorSystem system = start(direct);
    try {
      TestKit probe = new TestKit(system);
      ActorRef journal =
          Persistence.get(system)
              .journalFor("pekko-raft.persistence.journal", ConfigFactory.empty());
      ActorRef sender = system.deadLetters();
      List<String> heard = new ArrayList<>();
      ask(journal, probe, heard, 2, atomic(sender, 1, "one"));
      ask(journal, probe, heard, 4, atomic(sender, 2, "two", "three", "four"));
      // Two atomic writes: the second cannot be serialized.
      ask(journal, probe, heard, 3, atomic(sender, 5, "five"), atomic(sender, 6, new Object()));
      // A number that was used: all of the request fails.
      ask(journal, probe, heard, 3, atomic(sender, 6, "six"), atomic(sender, 1, "again"));
      // What an actor deferred goes back in its turn.
      ask(journal, probe, heard, 3, atomic(sender, 6, "six"), new NonPersistentRepr("x", sender));
      ask(journal, probe, heard, 2, atomic(sender, 7, 7));
      // The adapter fails: all is rejected.
      ask(journal, probe, heard, 3, atomic(sender, 8, "eight"), atomic(sender, 9, -9));
      ask(journal, probe, heard, 3, atomic(sender, 8, "eight"), atomic(sender, 9, -11));
      return heard;
    } finally {
      TestKit.shutdownActorSystem(system);
    }
  }

  private ActorSystem start(boolean direct) {
    Config config =
        ConfigFactory.parseMap(
                Map.of(
                    "pekko.loglevel",
                    "OFF",
                    "pekko-raft.persistence.journal.directory",
                    directory.resolve("direct-" + direct).toString(),
                    "pekko-raft.persistence.journal.direct-replies",
                    direct,
                    "pekko-raft.persistence.journal.segment-size",
                    "256 KiB",
                    "pekko-raft.persistence.journal.free-space-reserve",
                    0,
                    "pekko-raft.persistence.journal.event-adapters.words",
                    Words.class.getName(),
                    "pekko-raft.persistence.journal.event-adapter-bindings.\"java.lang.Integer\"",
                    "words"))
            .withFallback(ConfigFactory.load());
    return ActorSystem.create("direct", config);
  }

  private static AtomicWrite atomic(ActorRef sender, long number, Object... payloads) {
    List<PersistentRepr> events = new ArrayList<>();
    for (Object payload : payloads) {
      events.add(
          PersistentRepr$.MODULE$.apply(
              payload, number + events.size(), "id", "", false, sender, "writer"));
    }
    return new AtomicWrite(CollectionConverters.asScala(events).toList());
  }

  private static void ask(
      ActorRef journal, TestKit probe, List<String> heard, int answers, Object... messages) {
    var envelopes = CollectionConverters.asScala(Arrays.asList(messages)).toList();
    @SuppressWarnings({"unchecked", "rawtypes"}) // all of them are envelopes
    var request = new JournalProtocol.WriteMessages((Seq) envelopes, probe.getRef(), 3);
    journal.tell(request, probe.getRef());
    for (int i = 0; i < answers; i++) {
      Object answer = probe.receiveOne(TIMEOUT);
      String from = probe.getLastSender().path().toStringWithoutAddress();
      heard.add(from + ": " + text(answer));
    }
    probe.expectNoMessage(LITTLE);
  }

  /** An object without a text of its own is told by its class. */
  private static String text(Object answer) {
    return answer.toString().replaceAll("java.lang.Object@[0-9a-f]+", "an object");
  }
}

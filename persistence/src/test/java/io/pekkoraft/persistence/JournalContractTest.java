package io.pekkoraft.persistence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.tool.LogTool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.pekko.actor.Actor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.DeleteMessagesSuccess;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.PersistentRepr$;
import org.apache.pekko.persistence.journal.EventAdapter;
import org.apache.pekko.persistence.journal.EventSeq;
import org.apache.pekko.persistence.journal.Tagged;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.OptionConverters;

/**
 * What Pekko Persistence asks of a journal, message by message: the ground of Pekko's own
 * compatibility tests, which cannot run here as they bring another test engine, and what a Raft log
 * needs besides.
 */
class JournalContractTest extends PluginContract {
  private static PersistentRepr event(String id, long number, Object payload) {
    return PersistentRepr$.MODULE$.apply(
        payload, number, id, "manifest", false, Actor.noSender(), "writer-1");
  }

  /** Events of one atomic write. */
  private static AtomicWrite atomic(PersistentRepr... events) {
    return new AtomicWrite(CollectionConverters.asScala(Arrays.asList(events)).toList());
  }

  private void send(AtomicWrite... writes) {
    var envelopes = CollectionConverters.asScala(Arrays.<Object>asList((Object[]) writes)).toList();
    @SuppressWarnings({"unchecked", "rawtypes"}) // a list of AtomicWrite is one of envelopes
    var message = new JournalProtocol.WriteMessages((Seq) envelopes, probe.getRef(), 1);
    journal.tell(message, probe.getRef());
  }

  private void write(String id, long from, long to) {
    for (long number = from; number <= to; number++) {
      send(atomic(event(id, number, id + "-" + number)));
      probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessagesSuccessful$.class);
      probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessageSuccess.class);
    }
  }

  private void delete(String id, long to) {
    journal.tell(new JournalProtocol.DeleteMessagesTo(id, to, probe.getRef()), probe.getRef());
    probe.expectMsgClass(TIMEOUT, DeleteMessagesSuccess.class);
  }

  /** What a replay has shown, and the highest number that it told. */
  private record Replay(List<PersistentRepr> events, long highest) {
    List<Long> numbers() {
      return events.stream().map(PersistentRepr::sequenceNr).toList();
    }
  }

  private Replay replay(String id, long from, long to, long max) {
    journal.tell(
        new JournalProtocol.ReplayMessages(from, to, max, id, probe.getRef()), probe.getRef());
    List<PersistentRepr> events = new ArrayList<>();
    while (true) {
      Object message =
          probe.expectMsgAnyClassOf(
              JournalProtocol.ReplayedMessage.class, JournalProtocol.RecoverySuccess.class);
      if (message instanceof JournalProtocol.RecoverySuccess done) {
        return new Replay(events, done.highestSequenceNr());
      }
      events.add(((JournalProtocol.ReplayedMessage) message).persistent());
    }
  }

  private Replay replay(String id) {
    return replay(id, 1, Long.MAX_VALUE, Long.MAX_VALUE);
  }

  private static List<Long> numbers(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  @Test
  void all_events_are_replayed_as_they_were_also_after_a_restart() {
    write(ID, 1, 5);
    for (int start = 0; start < 2; start++) {
      Replay replay = replay(ID);
      assertThat(replay.numbers()).isEqualTo(numbers(1, 5));
      assertThat(replay.highest()).isEqualTo(5);
      PersistentRepr third = replay.events().get(2);
      assertThat(third.payload()).isEqualTo("some-id-3");
      assertThat(third.persistenceId()).isEqualTo(ID);
      assertThat(third.manifest()).isEqualTo("manifest");
      assertThat(third.writerUuid()).isEqualTo("writer-1");
      restart();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3, 9223372036854775807, 9223372036854775807, 3, 5",
    "1, 3, 9223372036854775807, 1, 3",
    "1, 9223372036854775807, 3, 1, 3",
    "2, 4, 2, 2, 3",
    "2, 2, 100, 2, 2",
    "1, 9223372036854775807, 0, 1, 0",
    "6, 9223372036854775807, 10, 6, 5",
    "4, 2, 10, 4, 3"
  })
  void a_replay_keeps_to_its_limits(long from, long to, long max, long first, long last) {
    write(ID, 1, 5);
    Replay replay = replay(ID, from, to, max);
    assertThat(replay.numbers()).isEqualTo(numbers(first, last));
    assertThat(replay.highest()).isEqualTo(5);
  }

  @Test
  void metadata_comes_back_and_tags_are_taken_off_also_after_a_restart() {
    PersistentRepr tagged = event(ID, 1, new Tagged("content", Set.of("red", "blue")));
    send(atomic(tagged.withMetadata("beside it").withTimestamp(123)), atomic(event(ID, 2, "two")));
    probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessagesSuccessful$.class);
    probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessageSuccess.class);
    probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessageSuccess.class);
    for (int start = 0; start < 2; start++) {
      PersistentRepr first = replay(ID).events().get(0);
      assertThat(first.payload()).isEqualTo("content");
      assertThat(OptionConverters.toJava(first.metadata())).contains("beside it");
      assertThat(first.timestamp()).isPositive();
      assertThat(OptionConverters.toJava(replay(ID).events().get(1).metadata())).isEmpty();
      restart();
    }
  }

  /** An event as an actor knows it. */
  record Ordered(String what) {}

  /** The same as it is stored. */
  record Stored(String what) implements Serializable {}

  /** Turns one into the other, and tags it. */
  static final class Tagger implements EventAdapter {
    @Override
    public String manifest(Object event) {
      return "ordered";
    }

    @Override
    public Object toJournal(Object event) {
      return new Tagged(new Stored(((Ordered) event).what()), Set.of("orders"));
    }

    @Override
    public EventSeq fromJournal(Object event, String manifest) {
      return EventSeq.single(new Ordered(((Stored) event).what() + ", " + manifest));
    }
  }

  @Override
  Map<String, Object> more() {
    return Map.of(
        "pekko-raft.persistence.journal.event-adapters.tagger", Tagger.class.getName(),
        "pekko-raft.persistence.journal.event-adapter-bindings",
            Map.of(
                "\"" + Ordered.class.getName() + "\"", "tagger",
                "\"" + Stored.class.getName() + "\"", "tagger"));
  }

  @Test
  void event_adapters_are_applied_and_their_tags_are_stored() throws IOException {
    send(atomic(event(ID, 1, new Ordered("tea"))));
    probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessagesSuccessful$.class);
    JournalProtocol.WriteMessageSuccess written =
        probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessageSuccess.class);
    assertThat(written.persistent().payload()).isEqualTo(new Ordered("tea"));
    restart();
    assertThat(replay(ID).events().get(0).payload()).isEqualTo(new Ordered("tea, ordered"));
    stop();
    ByteArrayOutputStream dump = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(dump, true, UTF_8);
    String[] command = {"dump", directory.resolve("journal").toString()};
    int code = LogTool.run(command, out, out);
    assertThat(code).isZero();
    assertThat(dump.toString(UTF_8)).contains("\"tags\":[\"orders\"]");
  }

  @Test
  void an_actor_reference_in_an_event_comes_back_as_one_of_this_system() {
    send(atomic(event(ID, 1, new Asked(probe.getRef(), "what"))));
    probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessagesSuccessful$.class);
    probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessageSuccess.class);
    assertThat(replay(ID).events().get(0).payload()).isEqualTo(new Asked(probe.getRef(), "what"));
  }

  /** An event that can only be serialized with the actor system at hand. */
  record Asked(ActorRef by, String what) implements Serializable {}

  @Test
  void an_unknown_id_has_no_events_and_the_number_0() {
    assertThat(replay("nobody")).isEqualTo(new Replay(List.of(), 0));
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 2", "3, 4", "5, 6", "9, 6", "9223372036854775807, 6"})
  void deleted_events_are_gone_and_the_highest_number_stays(long to, long first) {
    write(ID, 1, 5);
    write("other", 1, 2);
    delete(ID, to);
    for (int start = 0; start < 2; start++) {
      assertThat(replay(ID).numbers()).isEqualTo(numbers(first, 5));
      assertThat(replay(ID).highest()).isEqualTo(5);
      assertThat(replay("other").numbers()).isEqualTo(numbers(1, 2));
      restart();
    }
    write(ID, 6, 6);
    assertThat(replay(ID).numbers()).isEqualTo(numbers(first, 6));
  }

  @Test
  void an_atomic_write_of_several_events_is_written_in_order() {
    send(atomic(event(ID, 1, "a"), event(ID, 2, "b")), atomic(event(ID, 3, "c")));
    probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessagesSuccessful$.class);
    for (long number = 1; number <= 3; number++) {
      JournalProtocol.WriteMessageSuccess success =
          probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessageSuccess.class);
      assertThat(success.persistent().sequenceNr()).isEqualTo(number);
    }
    assertThat(replay(ID).numbers()).isEqualTo(numbers(1, 3));
  }

  @Test
  void an_event_that_cannot_be_serialized_is_rejected_with_its_atomic_write_and_no_other() {
    Object notSerializable = new Object();
    send(
        atomic(event(ID, 1, "a")),
        atomic(event(ID, 2, "b"), event(ID, 3, notSerializable)),
        atomic(event(ID, 4, "d")));
    probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessagesSuccessful$.class);
    probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessageSuccess.class);
    probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessageRejected.class);
    probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessageRejected.class);
    probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessageSuccess.class);
    assertThat(replay(ID).numbers()).containsExactly(1L, 4L);
  }

  @Test
  void a_used_number_is_refused_and_nothing_of_the_request_is_written() {
    write(ID, 1, 3);
    send(atomic(event(ID, 4, "new")), atomic(event(ID, 3, "again")));
    probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessagesFailed.class);
    probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessageFailure.class);
    probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessageFailure.class);
    assertThat(replay(ID).numbers()).isEqualTo(numbers(1, 3));
    write(ID, 4, 4);
  }

  @Test
  void a_number_whose_event_was_deleted_is_refused_too() {
    write(ID, 1, 3);
    delete(ID, 3);
    restart();
    send(atomic(event(ID, 2, "again")));
    probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessagesFailed.class);
    probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessageFailure.class);
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "511", "512", "65536", "1048576"})
  void events_of_any_size_come_back(int size) {
    String text = "x".repeat(size);
    send(atomic(event("a name with ü and \u4e16", 1, text)));
    probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessagesSuccessful$.class);
    probe.expectMsgClass(TIMEOUT, JournalProtocol.WriteMessageSuccess.class);
    restart();
    assertThat(replay("a name with ü and \u4e16").events().get(0).payload()).isEqualTo(text);
  }
}

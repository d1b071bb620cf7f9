package io.pekkoraft.persistence.wal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.persistence.file.MemoryStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a journal promises to Pekko Persistence and to Raft. */
class WalStoreTest {
  private final LogFixture log = new LogFixture();

  @Test
  void a_write_is_confirmed_only_when_a_power_loss_cannot_undo_it() {
    Map<String, byte[]> atConfirmation = new HashMap<>();
    log.store.write(
        List.of(LogFixture.event("a", 1, "one")),
        failure -> atConfirmation.putAll(log.storage.durable()));
    log.run();

    LogFixture afterPowerLoss = LogFixture.reopened(atConfirmation);
    assertThat(afterPowerLoss.replay("a")).containsExactly("1 one");
  }

  @Test
  void everything_of_an_event_comes_back() {
    EventRecord event =
        EventRecord.of(
            "a/ä",
            3,
            99,
            "manifest",
            "the writer",
            Payload.of(-7, "serializer's", new byte[] {1, 2, 3}),
            Payload.of(8, "", "metadata".getBytes(UTF_8)));
    log.store.write(List.of(event), new LogFixture.Result());
    log.run();

    List<EventRecord> replayed = new ArrayList<>();
    try {
      LogFixture.reopened(log.storage.durable()).store.replay("a/ä", 1, 9, 9, replayed::add);
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
    assertThat(replayed).usingRecursiveComparison().isEqualTo(List.of(event));
  }

  @Test
  void what_queues_up_during_a_flush_shares_the_next_one() {
    List<LogFixture.Result> results = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      results.add(log.submit("id-" + i, 1, "x"));
    }
    long before = log.store.counters().flushes();
    log.run();

    assertThat(log.store.counters().flushes() - before).isEqualTo(1);
    assertThat(results).allMatch(LogFixture.Result::succeeded);
  }

  @Test
  void what_comes_while_others_take_their_turn_shares_the_flush() {
    long before = log.store.counters().flushes();
    LogFixture.Result first = log.submit("a", 1, "one");
    log.stepWriter();
    LogFixture.Result second = log.submit("b", 1, "one");
    log.stepWriter();
    assertThat(log.store.counters().flushes()).isEqualTo(before);

    log.stepWriter();
    assertThat(log.store.counters().flushes()).isEqualTo(before + 1);
    assertThat(List.of(first, second)).allMatch(LogFixture.Result::succeeded);
  }

  @Test
  void a_batch_takes_no_more_bytes_than_configured() {
    WalSettings small =
        new WalSettings(
            LogFixture.settings().directory(),
            "",
            LogFixture.SEGMENT_SIZE,
            1000,
            LogFixture.settings().idleMarkDelay(),
            0.25,
            4);
    LogFixture bounded = new LogFixture(new MemoryStorage(), small);
    for (int i = 1; i <= 10; i++) {
      bounded.submit("a", i, "y".repeat(400));
    }
    long before = bounded.store.counters().flushes();
    bounded.stepWriter();
    assertThat(bounded.store.counters().flushes() - before).as("full, so not put off").isEqualTo(1);
    bounded.run();
    assertThat(bounded.store.counters().flushes() - before).isEqualTo(5);
  }

  @Test
  void a_sequence_number_is_taken_once() {
    log.write("a", 5, "first");

    assertThat(log.write("a", 5, "second").failure())
        .isInstanceOf(DuplicateSequenceNumberException.class)
        .hasMessageContaining("[a]")
        .hasMessageContaining("5");
    assertThat(log.write("a", 4, "older").failure())
        .isInstanceOf(DuplicateSequenceNumberException.class);
    assertThat(log.write("a", 6, "next").succeeded()).isTrue();
    assertThat(log.replay("a")).containsExactly("5 first", "6 next");
  }

  @Test
  void a_sequence_number_is_taken_once_within_a_batch_too() {
    LogFixture.Result first = log.submit("a", 1, "first");
    LogFixture.Result second = log.submit("a", 1, "second");
    log.run();

    assertThat(first.succeeded()).isTrue();
    assertThat(second.failure()).isInstanceOf(DuplicateSequenceNumberException.class);
    assertThat(LogFixture.reopened(log.storage.durable()).replay("a")).containsExactly("1 first");
  }

  /** It would be stored as another, and at the first replay the store would seem damaged. */
  @Test
  void an_id_that_has_no_utf_8_is_refused() {
    LogFixture log = new LogFixture();
    assertThatThrownBy(() -> log.write("half a pair \ud83d", 1, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("persistence id");
    assertThat(log.write("a pair \ud83d\ude00", 1, "x").succeeded()).isTrue();
    assertThat(log.replay("a pair \ud83d\ude00")).containsExactly("1 x");
  }

  /** The empty one would be no id to look for duplicates of; behind the last number is none. */
  @Test
  void an_empty_id_and_the_last_of_all_numbers_are_refused() {
    assertThatThrownBy(() -> log.write("", 1, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("persistence id is empty");
    assertThatThrownBy(() -> log.write("a", Long.MAX_VALUE, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sequence number 9223372036854775807");
    assertThat(log.write("a", Long.MAX_VALUE - 1, "x").succeeded()).isTrue();
    assertThat(log.replay("a")).containsExactly("9223372036854775806 x");
  }

  @Test
  void nothing_of_a_refused_write_is_stored() {
    log.write("a", 2, "two");
    LogFixture.Result mixed = new LogFixture.Result();
    log.store.write(
        List.of(LogFixture.event("a", 3, "three"), LogFixture.event("a", 3, "again")), mixed);
    log.run();

    assertThat(mixed.failure()).isInstanceOf(DuplicateSequenceNumberException.class);
    assertThat(log.replay("a")).containsExactly("2 two");
    assertThat(log.store.highest("a")).isEqualTo(2);
  }

  @Test
  void the_highest_number_is_read_after_the_writes_before_it() {
    log.submit("a", 1, "one");
    List<Long> read = new ArrayList<>();
    log.store.afterOutstanding(failure -> read.add(log.store.highest("a")));
    assertThat(read).isEmpty();

    log.run();
    assertThat(read).containsExactly(1L);
  }

  @Test
  void replay_keeps_to_its_bounds() {
    for (int i = 1; i <= 5; i++) {
      log.write("a", i, "x");
      log.write("b", i, "other");
    }
    assertThat(log.replay("a", 2, 4, 10)).containsExactly("2 x", "3 x", "4 x");
    assertThat(log.replay("a", 2, 5, 2)).containsExactly("2 x", "3 x");
    assertThat(log.replay("a", 4, 2, 10)).isEmpty();
    assertThat(log.replay("a", 1, 5, 0)).isEmpty();
    assertThat(log.replay("nobody")).isEmpty();
  }

  @Test
  void replay_reads_more_events_than_it_holds_in_memory_at_a_time() {
    for (int i = 1; i <= 2000; i++) {
      log.submit("a", i, "x");
    }
    log.run();
    assertThat(log.replay("a")).hasSize(2000).startsWith("1 x").endsWith("2000 x");
  }

  @Test
  void deleting_never_lowers_the_highest_number() {
    log.write("a", 1, "x");
    log.write("a", 2, "y");
    assertThat(log.deleteTo("a", Long.MAX_VALUE).succeeded()).isTrue();
    assertThat(log.replay("a")).isEmpty();
    assertThat(log.store.highest("a")).isEqualTo(2);

    LogFixture reopened = LogFixture.reopened(log.storage.durable());
    assertThat(reopened.replay("a")).isEmpty();
    assertThat(reopened.store.highest("a")).isEqualTo(2);
    assertThat(reopened.write("a", 2, "again").failure())
        .isInstanceOf(DuplicateSequenceNumberException.class);
    assertThat(reopened.write("a", 3, "z").succeeded()).isTrue();
  }

  @Test
  void deleting_spares_what_is_written_behind_it_in_the_same_batch() {
    log.write("a", 1, "x");
    LogFixture.Result deletion = new LogFixture.Result();
    log.store.deleteTo("a", Long.MAX_VALUE, deletion);
    log.submit("a", 2, "y");
    log.run();

    assertThat(log.replay("a")).containsExactly("2 y");
    assertThat(LogFixture.reopened(log.storage.durable()).replay("a")).containsExactly("2 y");
  }

  @Test
  void a_failed_flush_fails_the_store_for_good() {
    log.write("a", 1, "x");
    log.storage.failFlushAfter(0);
    LogFixture.Result failed = log.write("a", 2, "y");
    LogFixture.Result later = log.write("b", 1, "z");

    assertThat(failed.failure()).isInstanceOf(WalFailedException.class);
    assertThat(later.failure())
        .isInstanceOf(WalFailedException.class)
        .hasMessageContaining("restart")
        .hasMessageContaining("injected: flush failed");
    assertThat(log.replay("a")).as("what was durable before").containsExactly("1 x");
    long flushes = log.store.counters().flushes();
    log.fireTimers();
    assertThat(log.store.counters().flushes()).isEqualTo(flushes);
  }

  @Test
  void a_failed_write_fails_the_store_for_good() {
    log.storage.failWriteAfter(0);
    assertThat(log.write("a", 1, "x").failure()).isInstanceOf(WalFailedException.class);
    long flushes = log.store.counters().flushes();
    assertThat(log.write("a", 1, "x").failure()).isInstanceOf(WalFailedException.class);
    assertThat(log.store.counters().flushes()).isEqualTo(flushes);
  }

  @Test
  void a_failed_read_fails_the_store_for_good() {
    log.write("a", 1, "x");
    log.storage.failReadAfter(0);
    assertThatThrownBy(() -> log.replay("a")).hasMessageContaining("injected");
    assertThat(log.write("a", 2, "y").failure()).isInstanceOf(WalFailedException.class);
  }

  @Test
  void damage_met_while_replaying_fails_the_store() {
    log.write("a", 1, "needle");
    Map<String, byte[]> files = log.storage.durable();
    LogFixture reopened = LogFixture.reopened(files);
    int at = new String(files.get(SegmentFormat.fileName(1)), ISO_8859_1).indexOf("needle");
    try (var file = reopened.storage.open(SegmentFormat.fileName(1))) {
      file.write(at, new byte[] {'N'}, 0, 1);
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }

    assertThatThrownBy(() -> reopened.replay("a"))
        .isInstanceOf(WalDamagedException.class)
        .hasMessageContaining(SegmentFormat.fileName(1));
    assertThat(reopened.write("a", 2, "y").failure()).isInstanceOf(WalFailedException.class);
  }

  @Test
  void quiet_is_marked_once() {
    log.write("a", 1, "x");
    long before = log.store.counters().flushes();
    log.fireTimers();
    assertThat(log.store.counters().flushes()).isEqualTo(before + 1);
    log.fireTimers();
    assertThat(log.store.counters().flushes()).isEqualTo(before + 1);
  }

  @Test
  void no_mark_is_written_while_writes_go_on() {
    log.write("a", 1, "x");
    log.write("a", 2, "y");
    long before = log.store.counters().flushes();
    log.fireTimers();
    assertThat(log.store.counters().flushes()).isEqualTo(before);
    log.fireTimers();
    assertThat(log.store.counters().flushes()).isEqualTo(before + 1);
  }

  @Test
  void a_write_larger_than_a_segment_gets_a_segment_of_its_own_size() {
    String large = "L".repeat(3 * LogFixture.SEGMENT_SIZE);
    log.write("a", 1, "small");
    assertThat(log.write("a", 2, large).succeeded()).isTrue();
    assertThat(log.write("a", 3, "small").succeeded()).isTrue();

    assertThat(LogFixture.reopened(log.storage.durable()).replay("a"))
        .containsExactly("1 small", "2 " + large, "3 small");
  }

  @Test
  void a_closed_store_answers_with_that() {
    LogFixture.Result waiting = log.submit("a", 1, "x");
    log.close();
    log.run();
    assertThat(waiting.failure()).isInstanceOf(WalClosedException.class);
    assertThat(log.write("a", 1, "x").failure()).isInstanceOf(WalClosedException.class);
  }
}

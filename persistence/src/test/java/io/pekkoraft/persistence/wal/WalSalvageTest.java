package io.pekkoraft.persistence.wal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.persistence.file.MemoryStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of a damaged log it is said exactly what is lost, and everything else is served. */
class WalSalvageTest {
  private static final String SEGMENT = SegmentFormat.fileName(1);

  /** Damage in the newest segment may have hit the only event of an id. */
  private static final Map.Entry<String, String> OF_UNKNOWN_IDS =
      Map.entry("", "whatever follows 0");

  private static byte[] segment(Map<String, byte[]> files) {
    return segment(files, SEGMENT);
  }

  private static byte[] segment(Map<String, byte[]> files, String name) {
    return Objects.requireNonNull(files.get(name));
  }

  /** Flips a bit of the first place where the text stands. */
  private static Map<String, byte[]> damaged(Map<String, byte[]> files, String name, String text) {
    byte[] bytes = Objects.requireNonNull(files.get(name)).clone();
    int at = new String(bytes, ISO_8859_1).indexOf(text);
    assertThat(at).isPositive();
    bytes[at] ^= 4;
    Map<String, byte[]> changed = new HashMap<>(files);
    changed.put(name, bytes);
    return changed;
  }

  private static LogFixture three() {
    LogFixture log = new LogFixture();
    for (int i = 1; i <= 3; i++) {
      log.write("a", i, "event a" + i);
      log.write("b", i, "event b" + i);
      log.write("c", i, "event c" + i);
    }
    return log;
  }

  private static LogFixture.Result repair(LogFixture log, EventRecord... events) {
    LogFixture.Result result = new LogFixture.Result();
    log.store.repair(List.of(events), result);
    log.run();
    return result;
  }

  @Test
  void one_damaged_event_is_named_and_all_else_is_served() {
    LogFixture log = LogFixture.reopened(damaged(three().storage.durable(), SEGMENT, "event b2"));
    assertThat(log.store.lost()).containsOnly(Map.entry("b", "2"), OF_UNKNOWN_IDS);
    assertThat(log.replay("a")).hasSize(3);
    assertThat(log.replay("c")).hasSize(3);
    assertThat(log.replay("b", 3, 9, 9)).containsExactly("3 event b3");
    assertThatThrownBy(() -> log.replay("b", 1, 3, 9))
        .isInstanceOf(EventsLostException.class)
        .hasMessageContaining("[b]")
        .hasMessageContaining("lost: 2.");
    assertThat(log.write("b", 4, "event b4").succeeded()).isTrue();
  }

  /**
   * A number may be missing because its event was rejected alone. So as many numbers may be missing
   * as records were lost, and the records be those of others.
   */
  @Test
  void a_number_that_was_never_written_does_not_account_for_an_event_that_is_lost() {
    LogFixture log = new LogFixture();
    log.write("a", 1, "event a1");
    log.write("b", 1, "event b1");
    log.write("a", 3, "event a3");
    LogFixture reopened = LogFixture.reopened(damaged(log.storage.durable(), SEGMENT, "event b1"));
    assertThatThrownBy(() -> reopened.replay("b")).isInstanceOf(EventsLostException.class);
    assertThatThrownBy(() -> reopened.store.highest("b")).isInstanceOf(EventsLostException.class);
    assertThat(reopened.write("b", 1, "another").failure()).isInstanceOf(EventsLostException.class);
  }

  @Test
  void a_number_is_not_missed_if_its_event_would_stand_before_all_damage() {
    LogFixture log = new LogFixture();
    log.write("a", 1, "event a1");
    log.write("a", 3, "event a3");
    log.write("b", 1, "event b1");
    LogFixture reopened = LogFixture.reopened(damaged(log.storage.durable(), SEGMENT, "event b1"));
    assertThat(reopened.store.lost()).containsEntry("a", "whatever follows 3");
    assertThat(reopened.replay("a", 1, 3, 9)).containsExactly("1 event a1", "3 event a3");
  }

  /** Rewriting moves events to the end of the log, so behind later ones of their id. */
  @Test
  void an_event_that_was_moved_behind_the_next_one_of_its_id_is_missed_too() {
    LogFixture log = new LogFixture();
    log.write("quiet", 1, "event q1");
    int busy = 0;
    while (!log.storage.list().contains(SegmentFormat.fileName(3))) {
      log.write("busy", ++busy, "x".repeat(1000));
    }
    log.write("quiet", 2, "event q2");
    log.deleteTo("busy", busy);
    int others = 0;
    while (!log.storage.list().contains(SegmentFormat.fileName(6))) {
      log.write("other", ++others, "x".repeat(1000));
    }
    Map<String, byte[]> files = log.storage.durable();
    assertThat(files).as("the first event was moved").doesNotContainKey(SEGMENT);
    String moved =
        files.keySet().stream()
            .filter(SegmentFormat::isSegment)
            .filter(name -> new String(segment(files, name), ISO_8859_1).contains("event q1"))
            .findFirst()
            .orElseThrow();
    assertThat(new String(segment(files, moved), ISO_8859_1)).doesNotContain("event q2");

    LogFixture reopened = LogFixture.reopened(damaged(files, moved, "event q1"));
    assertThat(reopened.store.lost()).containsOnly(Map.entry("quiet", "1"));
    assertThatThrownBy(() -> reopened.replay("quiet")).isInstanceOf(EventsLostException.class);
    assertThat(repair(reopened, LogFixture.event("quiet", 1, "event q1")).succeeded()).isTrue();
    assertThat(reopened.replay("quiet")).containsExactly("1 event q1", "2 event q2");
  }

  @Test
  void the_whole_records_of_the_last_batch_are_served_in_a_large_segment_too() {
    WalSettings large =
        new WalSettings(Path.of("/memory"), "", 4 << 20, 1 << 20, Duration.ofMillis(100), 0.25, 4);
    LogFixture log = new LogFixture(new MemoryStorage(), large);
    log.write("a", 1, "event a1");
    log.store.write(
        List.of(LogFixture.event("b", 1, "event b1"), LogFixture.event("c", 1, "event c1")),
        new LogFixture.Result());
    log.run();
    Map<String, byte[]> files = damaged(log.storage.durable(), SEGMENT, "event b1");

    LogFixture reopened = new LogFixture(MemoryStorage.of(files), large);
    assertThat(reopened.store.lost()).containsEntry("c", "whatever follows 1");
    assertThat(reopened.replay("c", 1, 1, 1)).containsExactly("1 event c1");
  }

  @Test
  void what_a_snapshot_covers_is_not_missed() {
    LogFixture log = LogFixture.reopened(damaged(three().storage.durable(), SEGMENT, "event b2"));
    assertThat(log.deleteTo("b", 2).succeeded()).isTrue();
    assertThat(log.store.lost()).containsOnly(OF_UNKNOWN_IDS);
    assertThat(log.replay("b")).containsExactly("3 event b3");
    assertThat(LogFixture.reopened(log.storage.durable()).store.lost())
        .containsOnly(OF_UNKNOWN_IDS);
  }

  @Test
  void lost_events_are_put_back() {
    LogFixture log = LogFixture.reopened(damaged(three().storage.durable(), SEGMENT, "event b2"));
    assertThat(repair(log, LogFixture.event("b", 3, "no")).failure())
        .hasMessageContaining("not lost");
    assertThat(repair(log, LogFixture.event("b", 2, "event b2")).succeeded()).isTrue();

    assertThat(log.replay("b")).containsExactly("1 event b1", "2 event b2", "3 event b3");
    LogFixture reopened = LogFixture.reopened(log.storage.durable());
    assertThat(reopened.store.lost()).containsOnly(OF_UNKNOWN_IDS);
    assertThat(reopened.replay("b")).containsExactly("1 event b1", "2 event b2", "3 event b3");
  }

  @Test
  void ids_that_may_have_lost_their_newest_events_are_refused_until_somebody_knows() {
    Map<String, byte[]> files = damaged(three().storage.durable(), SEGMENT, "event c3");
    LogFixture log = LogFixture.reopened(files);
    assertThat(log.store.lost())
        .containsEntry("a", "whatever follows 3")
        .containsEntry("c", "whatever follows 2")
        .containsKey("");
    assertThatThrownBy(() -> log.store.highest("c")).isInstanceOf(EventsLostException.class);
    assertThatThrownBy(() -> log.store.highest("unknown")).isInstanceOf(EventsLostException.class);
    assertThat(log.write("a", 4, "x").failure()).isInstanceOf(EventsLostException.class);

    assertThat(repair(log, LogFixture.event("c", 3, "event c3")).succeeded()).isTrue();
    for (Map.Entry<String, Long> known : Map.of("a", 3L, "b", 3L, "c", 3L, "", 0L).entrySet()) {
      LogFixture.Result result = new LogFixture.Result();
      log.store.nothingLostAbove(known.getKey(), known.getValue(), result);
      log.run();
      assertThat(result.succeeded()).isTrue();
    }
    assertThat(log.store.lost()).isEmpty();
    assertThat(log.write("a", 4, "x").succeeded()).isTrue();
    assertThat(log.write("new", 1, "x").succeeded()).isTrue();
    LogFixture reopened = LogFixture.reopened(log.storage.durable());
    assertThat(reopened.store.lost()).isEmpty();
    assertThat(reopened.replay("c")).hasSize(3);
    assertThat(reopened.replay("a")).hasSize(4);
  }

  /** What one batch says of an id holds for what follows in the same batch. */
  @Test
  void a_number_that_is_said_to_be_used_is_used_in_the_same_batch_too() {
    LogFixture log = three();
    LogFixture.Result stated = new LogFixture.Result();
    log.store.nothingLostAbove("a", 9, stated);
    assertThat(log.write("a", 4, "x").failure())
        .isInstanceOf(DuplicateSequenceNumberException.class);
    assertThat(stated.succeeded()).isTrue();
    assertThat(log.write("a", 10, "x").succeeded()).isTrue();
    LogFixture reopened = LogFixture.reopened(log.storage.durable());
    assertThat(reopened.store.lost()).isEmpty();
    assertThat(reopened.replay("a")).hasSize(4);
  }

  @Test
  void an_event_that_is_put_back_and_deleted_at_once_does_not_come_back() {
    LogFixture log = LogFixture.reopened(damaged(three().storage.durable(), SEGMENT, "event c3"));
    log.run();
    log.store.repair(List.of(LogFixture.event("c", 3, "event c3")), new LogFixture.Result());
    assertThat(log.deleteTo("c", 3).succeeded()).isTrue();
    assertThat(log.replay("c", 1, 3, 9)).isEmpty();
    assertThat(LogFixture.reopened(log.storage.durable()).replay("c", 1, 3, 9)).isEmpty();
  }

  @Test
  void the_damaged_file_is_replaced_and_kept_and_the_findings_outlive_it() {
    LogFixture log = LogFixture.reopened(damaged(three().storage.durable(), SEGMENT, "event b2"));
    log.run();
    log.write("a", 4, "event a4");
    assertThat(log.storage.list()).contains(SEGMENT + ".damaged").doesNotContain(SEGMENT);

    MemoryStorage storage = MemoryStorage.of(log.storage.durable());
    LogFixture reopened = new LogFixture(storage);
    assertThat(reopened.store.lost()).containsOnly(Map.entry("b", "2"), OF_UNKNOWN_IDS);
    assertThat(reopened.replay("a")).hasSize(4);
    assertThat(reopened.replay("c")).hasSize(3);
    assertThat(repair(reopened, LogFixture.event("b", 2, "event b2")).succeeded()).isTrue();
    assertThat(reopened.replay("b")).hasSize(3);
  }

  @Test
  void a_crash_at_any_flush_of_the_replacement_loses_no_more() {
    Map<String, byte[]> files = damaged(three().storage.durable(), SEGMENT, "event b2");
    for (int crash = 0; crash < 12; crash++) {
      MemoryStorage storage = MemoryStorage.of(files);
      storage.failFlushAfter(crash);
      try {
        LogFixture log = new LogFixture(storage);
        log.run();
        log.write("b", 4, "x");
      } catch (AssertionError failedToOpen) {
        assertThat(failedToOpen).hasMessageContaining("flush failed");
      }
      LogFixture after = LogFixture.reopened(storage.durable());
      assertThat(after.store.lost()).as("crash at flush %s", crash).containsOnlyKeys("b", "");
      assertThat(after.replay("a")).hasSize(3);
      assertThat(after.replay("c")).hasSize(3);
    }
  }

  /** Nobody was told of it, so it must not count at the next start, when others follow. */
  @Test
  void a_torn_batch_in_a_damaged_segment_is_cut_off_before_the_log_goes_on_in_the_next() {
    LogFixture log = three();
    log.write("a", 4, "p".repeat(3000));
    Map<String, byte[]> files = damaged(log.storage.durable(), SEGMENT, "event b2");
    byte[] bytes = segment(files);
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    Arrays.fill(bytes, end - 1536, end - 1024, (byte) 0);
    LogFixture first = LogFixture.reopened(files);
    assertThat(first.replay("a", 1, 3, 9)).hasSize(3);

    LogFixture second = LogFixture.reopened(first.storage.durable());
    assertThat(second.store.lost()).isEqualTo(first.store.lost()).containsEntry("b", "2");
    assertThat(second.replay("a", 1, 3, 9)).hasSize(3);
  }

  @Test
  void of_a_missing_segment_exactly_its_events_are_lost() {
    LogFixture log = new LogFixture();
    log.write("b", 1, "x");
    for (int i = 1; i <= 150; i++) {
      log.write("a", i, "y".repeat(1000));
    }
    Map<String, byte[]> files = new HashMap<>(log.storage.durable());
    byte[] removed = Objects.requireNonNull(files.remove(SegmentFormat.fileName(3)));
    assertThat(removed).isNotEmpty();

    LogFixture reopened = LogFixture.reopened(files);
    assertThat(reopened.store.lost()).containsOnlyKeys("a");
    String[] range = Objects.requireNonNull(reopened.store.lost().get("a")).split(" to ", -1);
    long from = Long.parseLong(range[0]);
    long to = Long.parseLong(range[1]);
    assertThat(to - from).isBetween(15L, 25L);
    assertThat(reopened.replay("b")).hasSize(1);
    assertThat(reopened.replay("a", to + 1, 150, 999)).hasSize((int) (150 - to));
    assertThat(reopened.replay("a", 1, from - 1, 999)).hasSize((int) (from - 1));
    reopened.run();
    LogFixture again = LogFixture.reopened(reopened.storage.durable());
    assertThat(again.store.lost()).isEqualTo(reopened.store.lost());
  }

  /** As after a file system has lost what was in it: all of it, or all but the header. */
  @ParameterizedTest
  @CsvSource({"1, 0", "1, 100", "1, 512", "3, 0", "3, 100", "3, 512"})
  void of_a_segment_that_is_cut_or_became_zeros_all_events_are_lost(long segment, int kept) {
    LogFixture log = new LogFixture();
    log.write("b", 1, "x");
    for (int i = 1; i <= 150; i++) {
      log.write("a", i, "y".repeat(1000));
    }
    String name = SegmentFormat.fileName(segment);
    Map<String, byte[]> whole = log.storage.durable();
    Map<String, byte[]> missing = new HashMap<>(whole);
    missing.remove(name);
    Map<String, String> lost = LogFixture.reopened(missing).store.lost();
    assertThat(lost).containsKey("a");

    Map<String, byte[]> cut = new HashMap<>(whole);
    cut.put(name, Arrays.copyOf(segment(whole, name), kept));
    assertThat(LogFixture.reopened(cut).store.lost()).as("cut").isEqualTo(lost);

    Map<String, byte[]> zeros = new HashMap<>(whole);
    byte[] bytes = segment(whole, name).clone();
    Arrays.fill(bytes, Math.min(kept, SegmentFormat.HEADER_BYTES), bytes.length, (byte) 0);
    zeros.put(name, bytes);
    LogFixture reopened = LogFixture.reopened(zeros);
    assertThat(reopened.store.lost()).as("zeros").isEqualTo(lost);
    reopened.run();
    assertThat(reopened.storage.list()).contains(name + ".damaged").doesNotContain(name);
    LogFixture again = LogFixture.reopened(reopened.storage.durable());
    assertThat(again.store.lost()).isEqualTo(lost);
  }

  @Test
  void the_segment_header_alone_costs_nothing() {
    Map<String, byte[]> files = new HashMap<>(three().storage.durable());
    byte[] segment = segment(files).clone();
    segment[40] ^= 1;
    files.put(SEGMENT, segment);
    LogFixture log = LogFixture.reopened(files);
    assertThat(log.store.lost()).isEmpty();
    assertThat(log.replay("b")).hasSize(3);
    log.run();
    assertThat(log.storage.list()).contains(SEGMENT + ".damaged");
  }

  @Test
  void ranges_are_kept_apart_and_joined() {
    LostRanges ranges = new LostRanges();
    ranges.add(3, 3);
    ranges.add(7, 9);
    ranges.add(4, 5);
    ranges.add(13, LostRanges.UNKNOWN);
    assertThat(ranges).hasToString("3 to 5, 7 to 9, whatever follows 12");
    ranges.remove(8);
    ranges.removeThrough(4);
    assertThat(ranges).hasToString("5, 7, 9, whatever follows 12");
    assertThat(ranges.contains(8)).isFalse();
    assertThat(ranges.isOpenEnded()).isTrue();
    ranges.removeAbove(8);
    assertThat(ranges).hasToString("5, 7");
    ranges.add(1, LostRanges.UNKNOWN);
    assertThat(ranges).hasToString("whatever follows 0");
  }
}

package io.pekkoraft.persistence.wal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
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

/** What is lost stays known until somebody knows better, and no longer; through all restarts. */
class WalLostTest {
  private static final String TEXT = "t".repeat(1000);

  /** Of three ids, of which the last one is damaged: nobody knows what else has followed. */
  private static Map<String, byte[]> damaged() {
    LogFixture log = new LogFixture();
    for (int i = 1; i <= 3; i++) {
      log.write("a", i, "event a" + i);
      log.write("b", i, "event b" + i);
      log.write("c", i, "event c" + i);
    }
    return withDamage(log.storage.durable(), "event c3");
  }

  /** Flips a bit of the text, wherever it stands. */
  private static Map<String, byte[]> withDamage(Map<String, byte[]> files, String text) {
    Map<String, byte[]> changed = new HashMap<>(files);
    String name =
        files.keySet().stream()
            .filter(SegmentFormat::isSegment)
            .filter(segment -> indexOf(files, segment, text) > 0)
            .findFirst()
            .orElseThrow();
    byte[] bytes = Objects.requireNonNull(files.get(name)).clone();
    bytes[indexOf(files, name, text)] ^= 4;
    changed.put(name, bytes);
    return changed;
  }

  private static int indexOf(Map<String, byte[]> files, String name, String text) {
    return new String(Objects.requireNonNull(files.get(name)), ISO_8859_1).indexOf(text);
  }

  private static LogFixture.Result putBack(LogFixture log, EventRecord... events) {
    LogFixture.Result result = new LogFixture.Result();
    log.store.repair(List.of(events), result);
    log.run();
    return result;
  }

  private static void nothingLostAbove(LogFixture log, String id, long number) {
    LogFixture.Result result = new LogFixture.Result();
    log.store.nothingLostAbove(id, number, result);
    log.run();
    assertThat(result.succeeded()).isTrue();
  }

  private static int fill(LogFixture log, String id, int from, long segment) {
    int number = from;
    while (!isUsed(log, segment)) {
      assertThat(log.write(id, number++, TEXT).succeeded()).isTrue();
    }
    return number;
  }

  /** Whether there is a batch in a segment that was made of zeros. */
  private static boolean isUsed(LogFixture log, long segment) {
    byte[] bytes = log.storage.content().get(SegmentFormat.fileName(segment));
    return bytes != null && BatchHeader.isIntact(bytes, SegmentFormat.HEADER_BYTES);
  }

  /** The segment that says so may go before the one that says what was lost. */
  @Test
  void what_is_not_lost_any_more_does_not_become_so_when_the_segment_that_says_it_is_dropped() {
    WalSettings keeping =
        new WalSettings(
            Path.of("/memory"), "", LogFixture.SEGMENT_SIZE, 1 << 20, Duration.ofMillis(100), 0, 4);
    LogFixture log = new LogFixture(MemoryStorage.of(damaged()), keeping);
    log.run();
    nothingLostAbove(log, "c", 2);
    int next = fill(log, "c", 3, 3);
    assertThat(log.store.lost()).containsOnlyKeys("a", "b", "");
    nothingLostAbove(log, "a", 3);
    nothingLostAbove(log, "b", 3);
    nothingLostAbove(log, "", 0);
    next = fill(log, "c", next, 5);
    log.deleteTo("c", next - 1);
    assertThat(log.storage.list())
        .contains(SegmentFormat.fileName(2))
        .doesNotContain(SegmentFormat.fileName(3));
    assertThat(log.store.lost()).isEmpty();

    LogFixture reopened = new LogFixture(MemoryStorage.of(log.storage.durable()), keeping);
    assertThat(reopened.store.lost()).isEmpty();
    assertThat(reopened.write("a", 4, "event a4").succeeded()).isTrue();
    assertThat(reopened.write("new", 1, "x").succeeded()).isTrue();
  }

  /** Of one that is damaged, the part that names it may be. */
  @Test
  void only_a_whole_opening_takes_the_place_of_what_was_said_to_be_lost_before() {
    LogFold fold = new LogFold(false);
    fold.index().lose("a", 3, 4);
    BatchHeader opening =
        new BatchHeader(BatchHeader.OPENING, 0, 2, 512, 512, 0, 0, 0, 0, 0, LogEnd.NONE);
    fold.begin(opening, false);
    assertThat(fold.index().lost()).containsOnly(Map.entry("a", "3 to 4"));
    fold.begin(opening, true);
    assertThat(fold.index().lost()).isEmpty();
    assertThat(fold.index().highest("a")).isEqualTo(4);
  }

  @Test
  void of_an_id_that_was_not_known_what_was_not_put_back_stays_lost() {
    LogFixture log = LogFixture.reopened(damaged());
    assertThat(putBack(log, LogFixture.event("d", 2, "event d2")).succeeded()).isTrue();
    for (int start = 0; start < 3; start++) {
      assertThat(log.store.lost()).containsEntry("d", "1, whatever follows 2");
      LogFixture open = log;
      assertThatThrownBy(() -> open.replay("d")).isInstanceOf(EventsLostException.class);
      assertThatThrownBy(() -> open.store.highest("d")).isInstanceOf(EventsLostException.class);
      assertThat(open.write("d", 3, "x").failure()).isInstanceOf(EventsLostException.class);
      open.run();
      log = LogFixture.reopened(open.storage.durable());
    }

    nothingLostAbove(log, "d", 3);
    assertThat(log.store.lost()).containsEntry("d", "1, 3");
    log = LogFixture.reopened(log.storage.durable());
    assertThat(log.store.lost()).containsEntry("d", "1, 3");
    EventRecord first = LogFixture.event("d", 1, "event d1");
    assertThat(putBack(log, first, LogFixture.event("d", 3, "event d3")).succeeded()).isTrue();
    assertThat(log.replay("d")).containsExactly("1 event d1", "2 event d2", "3 event d3");
    assertThat(log.write("d", 4, "event d4").succeeded()).isTrue();
    assertThat(LogFixture.reopened(log.storage.durable()).replay("d")).hasSize(4);
  }

  @Test
  void an_id_that_was_not_known_is_empty_only_if_somebody_says_that_it_has_no_events() {
    LogFixture log = LogFixture.reopened(damaged());
    nothingLostAbove(log, "d", 2);
    assertThat(log.store.lost()).containsEntry("d", "1 to 2");
    assertThatThrownBy(() -> log.replay("d")).isInstanceOf(EventsLostException.class);
    nothingLostAbove(log, "e", 0);
    assertThat(log.store.highest("e")).isZero();
    assertThat(log.write("e", 1, "event e1").succeeded()).isTrue();
    assertThat(LogFixture.reopened(log.storage.durable()).store.lost()).isEqualTo(log.store.lost());
  }

  @Test
  void an_event_that_is_deleted_and_put_back_at_once_does_not_come_back() {
    LogFixture log = new LogFixture();
    for (int i = 1; i <= 3; i++) {
      log.write("b", i, "event b" + i);
    }
    LogFixture reopened = LogFixture.reopened(withDamage(log.storage.durable(), "event b2"));
    reopened.run();
    reopened.store.deleteTo("b", 2, new LogFixture.Result());
    assertThat(putBack(reopened, LogFixture.event("b", 2, "event b2")).succeeded()).isTrue();
    assertThat(reopened.replay("b")).containsExactly("3 event b3");
    assertThat(LogFixture.reopened(reopened.storage.durable()).replay("b"))
        .containsExactly("3 event b3");
  }

  /** A record of it could not be read again, nor could the batch in which it stands. */
  @Test
  void of_what_can_be_no_id_or_number_nothing_is_stated() {
    LogFixture log = LogFixture.reopened(damaged());
    Outcome told = failure -> {};
    assertThatThrownBy(() -> log.store.nothingLostAbove("x".repeat(70_000), 1, told))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> log.store.nothingLostAbove("a", Long.MAX_VALUE, told))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> log.store.nothingLostAbove("a", -1, told))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void the_refusal_of_a_write_names_the_log() {
    LogFixture log = LogFixture.reopened(damaged());
    assertThat(log.write("a", 4, "x").failure()).hasMessageContaining("log [memory] was damaged");
  }

  /** The newest opening says what had been written before. */
  @Test
  void a_missing_segment_says_nothing_of_ids_that_were_heard_of_behind_the_last_damage() {
    LogFixture log = new LogFixture();
    int next = fill(log, "a", 1, 5);
    log.write("b", 1, "event b1");
    log.write("a", next, "the last");
    Map<String, byte[]> files = withDamage(log.storage.durable(), "event b1");
    assertThat(LogFixture.reopened(files).store.lost()).containsOnlyKeys("");
    assertThat(files.remove(SegmentFormat.fileName(3))).isNotNull();

    LogFixture reopened = LogFixture.reopened(files);
    assertThat(reopened.store.lost()).containsOnlyKeys("a", "");
    assertThat(reopened.store.highest("a")).isEqualTo(next);
    assertThat(reopened.write("a", next + 1, "and on").succeeded()).isTrue();
  }

  /** Then nothing of it is left, and the log goes on behind the segment before. */
  @Test
  void a_newest_segment_that_is_cut_in_its_first_batch_is_damaged_once() {
    LogFixture log = new LogFixture();
    for (int i = 0; i < 40; i++) {
      log.write("id-" + i, 1, "x");
    }
    fill(log, "a", 1, 3);
    Map<String, byte[]> files = new HashMap<>(log.storage.durable());
    String newest = SegmentFormat.fileName(3);
    byte[] bytes = Objects.requireNonNull(files.get(newest));
    files.put(newest, Arrays.copyOf(bytes, SegmentFormat.HEADER_BYTES + BatchHeader.SECTOR));

    LogFixture reopened = LogFixture.reopened(files);
    Map<String, String> lost = reopened.store.lost();
    assertThat(lost).containsKeys("a", "id-7", "");
    reopened.run();
    reopened.fireTimers();
    assertThat(reopened.storage.list()).contains(newest + ".damaged");
    MemoryStorage storage = MemoryStorage.of(reopened.storage.durable());
    assertThatCode(() -> LogInspection.of(storage).verify()).doesNotThrowAnyException();
    assertThat(LogFixture.reopened(storage.durable()).store.lost()).isEqualTo(lost);
  }
}

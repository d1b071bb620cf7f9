package io.pekkoraft.persistence.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pekkoraft.persistence.file.MemoryStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Going on to a next segment, and getting rid of old ones. */
class WalSegmentsTest {
  private static final String TEXT = "t".repeat(1000);

  private LogFixture log = new LogFixture();

  private void fill(String id, int from, int to) {
    for (int i = from; i <= to; i++) {
      assertThat(log.write(id, i, TEXT).succeeded()).isTrue();
    }
  }

  private List<String> segments() {
    return log.storage.list().stream().filter(SegmentFormat::isSegment).toList();
  }

  @Test
  void the_log_goes_on_over_many_segments() {
    fill("a", 1, 200);
    assertThat(segments()).hasSizeGreaterThan(6);
    assertThat(log.replay("a")).hasSize(200);

    LogFixture reopened = LogFixture.reopened(log.storage.durable());
    assertThat(reopened.replay("a")).isEqualTo(log.replay("a"));
  }

  @Test
  void the_next_segment_is_prepared_before_it_is_needed() {
    int i = 1;
    while (segments().size() < 2) {
      fill("a", i, i);
      i++;
    }
    assertThat(i * 1000).isLessThan(LogFixture.SEGMENT_SIZE * 3 / 4);
  }

  @Test
  void a_write_waits_for_the_next_segment_and_is_not_lost() {
    int i = 1;
    LogFixture.Result last = new LogFixture.Result();
    do {
      last = log.submit("a", i++, TEXT);
      log.runWriterOnly();
    } while (last.isDone());
    LogFixture.Result behind = log.submit("b", 1, "behind");
    log.runWriterOnly();
    assertThat(behind.isDone()).isFalse();

    log.run();
    assertThat(last.succeeded()).isTrue();
    assertThat(behind.succeeded()).isTrue();
  }

  @Test
  void a_full_disk_refuses_writes_takes_deletions_and_is_over_when_there_is_space() {
    log.storage.limitSpace(0);
    LogFixture.Result refused = new LogFixture.Result();
    int confirmed = 0;
    do {
      refused = log.write("a", ++confirmed, TEXT);
    } while (refused.succeeded());
    assertThat(refused.failure())
        .isInstanceOf(WalFullException.class)
        .hasMessageContaining("free-space-reserve");
    assertThat(log.write("b", 1, TEXT).failure()).isInstanceOf(WalFullException.class);
    assertThat(log.store.ended()).as("the store is sound").isNull();
    assertThat(confirmed).isGreaterThan(15);

    assertThat(log.deleteTo("a", 5).succeeded()).isTrue();
    assertThat(log.replay("a")).hasSize(confirmed - 6);

    log.storage.limitSpace(Long.MAX_VALUE);
    log.fireTimers();
    assertThat(log.write("a", confirmed, TEXT).succeeded()).isTrue();
    LogFixture reopened = LogFixture.reopened(log.storage.durable());
    assertThat(reopened.replay("a")).hasSize(confirmed - 5);
  }

  @Test
  void a_write_that_is_too_large_for_a_full_disk_leaves_the_segment_that_is_prepared_to_others() {
    int number = 0;
    while (segments().size() < 2) {
      log.write("a", ++number, TEXT);
    }
    log.storage.limitSpace(0);
    assertThat(log.write("large", 1, "x".repeat(LogFixture.SEGMENT_SIZE)).failure())
        .isInstanceOf(WalFullException.class);

    int before = number;
    while (log.write("a", number + 1, TEXT).succeeded()) {
      number++;
    }
    assertThat((number - before) * TEXT.length()).isGreaterThan(LogFixture.SEGMENT_SIZE * 3 / 4);
    assertThat(log.deleteTo("a", 1).succeeded()).isTrue();
    log.storage.limitSpace(Long.MAX_VALUE);
    log.fireTimers();
    assertThat(log.write("a", number + 1, TEXT).succeeded()).isTrue();
    assertThat(LogFixture.reopened(log.storage.durable()).replay("a")).hasSize(number);
  }

  @Test
  void the_warning_of_a_full_disk_says_how_much_can_still_be_written() {
    ListAppender<ILoggingEvent> warnings = new ListAppender<>();
    warnings.start();
    Logger logger = (Logger) LoggerFactory.getLogger(WalWriter.class);
    logger.addAppender(warnings);
    logger.setLevel(Level.WARN);
    logger.setAdditive(false);
    try {
      // Enough for a segment that is larger than usual, for a large write, and for no other.
      log.storage.limitSpace(5L * LogFixture.SEGMENT_SIZE);
      log.write("large", 1, "x".repeat(4 * LogFixture.SEGMENT_SIZE - 5000));
      assertThat(warnings.list).hasSize(1);
      long whenWarned = log.store.counters().bytes();
      int number = 1;
      while (log.write("a", number, TEXT).succeeded()) {
        number++;
      }
      long written = log.store.counters().bytes() - whenWarned;
      assertThat(written).isGreaterThan(20L * TEXT.length());
      long told = ((Number) warnings.list.get(0).getArgumentArray()[1]).longValue();
      assertThat(told).isBetween(written, written + 2L * TEXT.length());
    } finally {
      logger.detachAppender(warnings);
      logger.setLevel(null);
      logger.setAdditive(true);
    }
  }

  @Test
  void the_reserve_of_the_disk_is_left_to_others() {
    MemoryStorage storage = new MemoryStorage();
    LogFixture reserving =
        new LogFixture(
            storage,
            new WalSettings(
                Path.of("/memory"),
                "",
                LogFixture.SEGMENT_SIZE,
                1 << 20,
                Duration.ofMillis(100),
                0.25,
                4,
                1 << 20,
                1 << 20,
                100_000));
    storage.limitSpace(100_000 + LogFixture.SEGMENT_SIZE - 1);
    int i = 0;
    while (reserving.write("a", ++i, TEXT).succeeded()) {
      assertThat(i).isLessThan(40);
    }
    assertThat(storage.list()).doesNotContain(SegmentFormat.fileName(2));
  }

  /** Others have taken the space while it was being filled. */
  @Test
  void of_a_segment_that_could_not_be_filled_nothing_is_left_on_the_full_disk() {
    int size = 4 << 20;
    MemoryStorage storage = new MemoryStorage();
    log =
        new LogFixture(
            storage,
            new WalSettings(
                Path.of("/memory"), "", size, 1 << 20, Duration.ofMillis(100), 0.25, 4));
    String unfinished = SegmentFormat.fileName(2) + SegmentFormat.TEMPORARY_SUFFIX;
    List<String> begun = new ArrayList<>();
    storage.beforeFlush(
        () -> {
          if (storage.list().contains(unfinished)) {
            begun.add(unfinished);
            storage.limitSpace(0);
          }
        });
    int i = 0;
    while (log.write("a", ++i, "x".repeat(500_000)).succeeded()) {
      assertThat(i).isLessThan(10);
    }
    assertThat(begun).isNotEmpty();
    assertThat(storage.list()).doesNotContain(unfinished);
  }

  @Test
  void rewriting_keeps_to_its_budget() {
    log = new LogFixture(new MemoryStorage(), withBudget(1000));
    log.write("quiet", 1, "x".repeat(5000));
    log.write("quiet", 2, "y".repeat(800));
    for (int round = 0; round < 6; round++) {
      fill("busy", 1 + round * 40, 40 + round * 40);
      log.deleteTo("busy", 39 + round * 40);
    }
    assertThat(log.delays()).as("of 6 KB at 1 KB a second").anyMatch(d -> d.toSeconds() >= 5);
    assertThat(segments()).doesNotContain(SegmentFormat.fileName(1));
    assertThat(log.replay("quiet")).hasSize(2);
  }

  private static WalSettings withBudget(long bytesPerSecond) {
    return new WalSettings(
        Path.of("/memory"),
        "",
        LogFixture.SEGMENT_SIZE,
        1 << 20,
        Duration.ofMillis(100),
        0.25,
        4,
        bytesPerSecond,
        1 << 20,
        0);
  }

  @Test
  void dead_segments_are_deleted_and_the_highest_number_is_kept() {
    log.write("gone", 7, "x");
    log.deleteTo("gone", 7);
    fill("a", 1, 100);
    log.deleteTo("a", 95);
    log.write("a", 101, TEXT);

    assertThat(segments()).hasSizeLessThanOrEqualTo(3).doesNotContain(SegmentFormat.fileName(1));
    LogFixture reopened = LogFixture.reopened(log.storage.durable());
    assertThat(reopened.store.highest("gone")).isEqualTo(7);
    assertThat(reopened.replay("gone")).isEmpty();
    assertThat(reopened.replay("a")).hasSize(6);
    assertThat(reopened.write("gone", 7, "x").failure())
        .isInstanceOf(DuplicateSequenceNumberException.class);
  }

  @Test
  void a_segment_is_dropped_in_the_log_before_its_file_is_deleted() {
    fill("a", 1, 60);
    log.storage.calls().clear();
    log.deleteTo("a", 60);

    List<String> calls = log.storage.calls();
    int spared = calls.indexOf("rename " + SegmentFormat.fileName(1) + ".tmp");
    int deletion = calls.indexOf("delete " + SegmentFormat.fileName(3));
    assertThat(flushesBefore(spared)).as("of the deletion and the drop").isGreaterThan(1);
    assertThat(flushesBefore(deletion)).as("of the deletion and the drops").isGreaterThan(3);
  }

  @Test
  void two_files_are_kept_of_segments_that_go_at_once_and_both_are_used_again() {
    fill("a", 1, 60);
    log.deleteTo("a", 60);
    assertThat(spares()).hasSize(2);

    long newest = SegmentFormat.number(segments().get(segments().size() - 1));
    log.storage.calls().clear();
    int sequenceNr = 61;
    while (!log.storage.list().contains(SegmentFormat.fileName(newest + 2))) {
      log.write("a", sequenceNr, TEXT);
      sequenceNr++;
    }
    assertThat(spares()).isEmpty();
    assertThat(log.storage.calls()).noneMatch(call -> call.startsWith("delete"));
    assertThat(log.replay("a")).hasSize(sequenceNr - 61);
  }

  private List<String> spares() {
    return log.storage.list().stream().filter(SegmentFormat::isTemporary).toList();
  }

  private long flushesBefore(int call) {
    List<String> before = log.storage.calls().subList(0, call);
    return before.stream().filter(name -> name.startsWith("flush")).count();
  }

  @Test
  void a_quiet_group_does_not_pin_old_segments() {
    log.write("quiet", 1, "still here");
    log.write("quiet", 2, "and this");
    for (int round = 0; round < 20; round++) {
      fill("busy", 1 + round * 40, 40 + round * 40);
      log.deleteTo("busy", 35 + round * 40);
    }

    assertThat(segments()).hasSizeLessThan(8).doesNotContain(SegmentFormat.fileName(1));
    assertThat(log.replay("quiet")).containsExactly("1 still here", "2 and this");
    LogFixture reopened = LogFixture.reopened(log.storage.durable());
    assertThat(reopened.replay("quiet")).containsExactly("1 still here", "2 and this");
    assertThat(reopened.replay("busy")).isEqualTo(log.replay("busy"));
  }

  @Test
  void a_rewritten_event_keeps_its_tags() throws IOException {
    EventRecord quiet = LogFixture.event("quiet", 1, "still here").tagged(List.of("blue", "red"));
    log.store.write(List.of(quiet), new LogFixture.Result());
    for (int round = 0; round < 20; round++) {
      fill("busy", 1 + round * 40, 40 + round * 40);
      log.deleteTo("busy", 35 + round * 40);
    }
    assertThat(segments()).doesNotContain(SegmentFormat.fileName(1));

    List<String> tags = new ArrayList<>();
    LogFixture.reopened(log.storage.durable())
        .store
        .replay("quiet", 1, 1, 1, event -> tags.addAll(event.tagTexts()));
    assertThat(tags).containsExactly("blue", "red");
  }

  @Test
  void a_replay_keeps_the_segments_that_it_reads() throws IOException {
    fill("a", 1, 60);
    List<Long> read = new ArrayList<>();
    log.store.replay(
        "a",
        1,
        60,
        60,
        event -> {
          if (read.isEmpty()) {
            log.deleteTo("a", 60);
          }
          read.add(event.sequenceNr());
        });
    log.run();
    assertThat(read).hasSize(60);
    assertThat(segments()).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void losing_any_segment_that_is_in_use_is_noticed() {
    log.write("b", 1, TEXT);
    fill("a", 1, 150);
    Map<String, byte[]> files = log.storage.durable();
    String prepared = segments().get(segments().size() - 1);
    for (String name : segments()) {
      Map<String, byte[]> rest = new HashMap<>(files);
      rest.remove(name);
      if (name.equals(prepared) && isUnused(files, name)) {
        continue;
      }
      LogFixture reopened = LogFixture.reopened(rest);
      assertThat(reopened.store.lost()).as("without %s", name).containsKey("a");
      assertThatThrownBy(() -> reopened.replay("a")).isInstanceOf(EventsLostException.class);
    }
  }

  private static boolean isUnused(Map<String, byte[]> files, String name) {
    byte[] bytes = Objects.requireNonNull(files.get(name));
    return Bytes.allZero(bytes, SegmentFormat.HEADER_BYTES, bytes.length);
  }

  @Test
  void files_left_over_from_a_deletion_or_a_preparation_go_at_the_next_start() {
    fill("a", 1, 60);
    Map<String, byte[]> before = log.storage.durable();
    log.deleteTo("a", 60);
    Map<String, byte[]> files = new HashMap<>(log.storage.durable());
    String dropped = SegmentFormat.fileName(1);
    files.put(dropped, Objects.requireNonNull(before.get(dropped)));
    files.put("00000000000000ff.wal.tmp", new byte[] {1});

    LogFixture reopened = LogFixture.reopened(files);
    assertThat(reopened.storage.list()).doesNotContain(dropped, "00000000000000ff.wal.tmp");
    assertThat(reopened.replay("a")).isEmpty();
    assertThat(reopened.store.highest("a")).isEqualTo(60);
  }

  @Test
  void a_catalogue_larger_than_a_segment_gets_one_of_its_own_size() {
    for (int i = 0; i < 2000; i++) {
      log.submit("id-" + i, 1, "x");
    }
    log.run();
    fill("a", 1, 80);
    LogFixture reopened = LogFixture.reopened(log.storage.durable());
    assertThat(reopened.store.highest("id-1999")).isEqualTo(1);
    assertThat(reopened.replay("a")).hasSize(80);
  }
}

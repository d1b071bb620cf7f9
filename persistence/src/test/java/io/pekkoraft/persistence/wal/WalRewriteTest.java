package io.pekkoraft.persistence.wal;

import static org.assertj.core.api.Assertions.assertThat;

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

/** Old segments are rewritten while others write and delete. */
class WalRewriteTest {
  private static final String TEXT = "x".repeat(900);
  private static final int WRITES = 160;
  private static final int KEPT = 5;

  /** So often that each segment holds something that lives. */
  private static final int QUIET_EVERY = 20;

  /** With a pause of minutes behind each slice that is copied. */
  private static WalSettings slow(int segmentSize) {
    return new WalSettings(
        Path.of("/memory"),
        "",
        segmentSize,
        4 << 20,
        Duration.ofMillis(100),
        0.25,
        2,
        1000,
        8 << 20,
        0);
  }

  /** Writes until the first slice of the first segment is copied; returns the last number. */
  private static int writeUntilCopying(LogFixture log) {
    int busy = 0;
    while (log.delays().stream().noneMatch(delay -> delay.toSeconds() > 100)) {
      log.write("busy", ++busy, "x".repeat(400_000));
      log.deleteTo("busy", busy - 1);
      assertThat(busy).isLessThan(100);
    }
    return busy;
  }

  @Test
  void a_segment_that_is_dropped_in_the_middle_of_its_rewrite_is_no_failure() {
    LogFixture log = new LogFixture(new MemoryStorage(), slow(2 << 20));
    for (int number = 1; number <= 3; number++) {
      log.write("quiet", number, "q".repeat(150_000));
    }
    int busy = writeUntilCopying(log);
    log.deleteTo("quiet", 3);
    assertThat(log.storage.list()).doesNotContain(SegmentFormat.fileName(1));

    log.fireTimers();
    assertThat(log.write("busy", busy + 1, "x").succeeded()).isTrue();
    assertThat(log.replay("quiet")).isEmpty();
  }

  /**
   * The first events that are read stand at the end of the log already. When the others come behind
   * them, the reader has that place in its buffer, as it was before.
   */
  @Test
  void what_is_moved_during_a_replay_is_found_where_it_was_moved_to() throws IOException {
    LogFixture log = new LogFixture(new MemoryStorage(), slow(8 << 20));
    int quiet = 2000;
    for (int number = 1; number <= quiet; number++) {
      log.submit("quiet", number, "q".repeat(456));
    }
    log.run();
    int busy = writeUntilCopying(log);
    assertThat(log.storage.list()).contains(SegmentFormat.fileName(1));
    log.fireTimers();
    log.deleteTo("busy", busy);
    List<Long> seen = new ArrayList<>();
    log.store.replay(
        "quiet",
        1,
        quiet,
        Long.MAX_VALUE,
        event -> {
          seen.add(event.sequenceNr());
          if (seen.size() % WalStore.REPLAY_STEP == 0) {
            log.fireTimers();
          }
        });
    assertThat(seen).hasSize(quiet).isSorted();
    assertThat(log.store.ended()).isNull();
    assertThat(log.storage.list()).as("all was moved").doesNotContain(SegmentFormat.fileName(1));
  }

  private static LogFixture withSmallBatches(MemoryStorage storage) {
    return new LogFixture(
        storage,
        new WalSettings(
            Path.of("/memory"),
            "",
            LogFixture.SEGMENT_SIZE,
            4 << 10,
            Duration.ofMillis(100),
            0.25,
            4,
            1 << 20,
            8 << 20,
            0));
  }

  /** Whether there is a batch in a segment that was made of zeros. */
  private static boolean isUsed(LogFixture log, long segment) {
    byte[] bytes = log.storage.content().get(SegmentFormat.fileName(segment));
    return bytes != null && BatchHeader.isIntact(bytes, SegmentFormat.HEADER_BYTES);
  }

  private static void writeNext(LogFixture log, String id) {
    log.write(id, log.store.highest(id) + 1, TEXT);
  }

  /** What is left of the last segment is kept for deletions, not for copies. */
  @Test
  void a_full_disk_puts_a_rewrite_off() {
    LogFixture log = withSmallBatches(new MemoryStorage());
    for (int number = 1; number <= 7; number++) {
      log.write("quiet", number, TEXT);
    }
    while (!isUsed(log, 2)) {
      writeNext(log, "busy");
    }
    while (!log.storage.list().contains(SegmentFormat.fileName(4))) {
      writeNext(log, "other");
    }
    log.deleteTo("busy", Long.MAX_VALUE);
    log.storage.limitSpace(0);
    long first = log.store.highest("other") + 1;
    List<LogFixture.Result> results = new ArrayList<>();
    for (long number = first; number < first + 60; number++) {
      results.add(log.submit("other", number, TEXT));
    }
    log.run();
    log.fireTimers();
    assertThat(results.get(59).failure()).isInstanceOf(WalFullException.class);
    assertThat(isUsed(log, 4)).isTrue();
    assertThat(log.store.ended()).as("the store is sound").isNull();
    assertThat(log.deleteTo("other", 1).succeeded()).isTrue();
    assertThat(log.storage.list()).contains(SegmentFormat.fileName(1));

    log.storage.limitSpace(Long.MAX_VALUE);
    log.fireTimers();
    while (log.storage.list().contains(SegmentFormat.fileName(1))) {
      writeNext(log, "other");
      assertThat(log.store.highest("other")).isLessThan(first + 100);
    }
    assertThat(log.replay("quiet")).hasSize(7);
    assertThat(LogFixture.reopened(log.storage.durable()).replay("quiet")).hasSize(7);
  }

  @Test
  void a_full_disk_puts_the_replacement_of_damaged_segments_off() {
    LogFixture before = withSmallBatches(new MemoryStorage());
    int number = 0;
    while (!isUsed(before, 3)) {
      before.write("a", ++number, TEXT);
    }
    Map<String, byte[]> files = new HashMap<>(before.storage.durable());
    for (long segment = 1; segment <= 2; segment++) {
      byte[] bytes = Objects.requireNonNull(files.get(SegmentFormat.fileName(segment)));
      bytes[5000] ^= 1;
    }
    MemoryStorage storage = MemoryStorage.of(files);
    storage.limitSpace(0);
    LogFixture log = withSmallBatches(storage);
    log.run();
    log.fireTimers();
    assertThat(log.store.ended()).as("the store is sound").isNull();
    assertThat(storage.list()).contains(SegmentFormat.fileName(2));

    storage.limitSpace(Long.MAX_VALUE);
    log.fireTimers();
    while (storage.list().contains(SegmentFormat.fileName(2))) {
      writeNext(log, "other");
      assertThat(log.store.highest("other")).isLessThan(100);
    }
    assertThat(storage.list())
        .contains(SegmentFormat.fileName(1) + ".damaged", SegmentFormat.fileName(2) + ".damaged");
    assertThat(log.replay("a", number, number, 9)).hasSize(1);
  }

  /** So that the deletion and the copy of what it deletes may come into one batch. */
  @Test
  void a_deletion_at_any_moment_of_a_rewrite_stays() {
    int moved = 0;
    for (int moment = 1; moment <= WRITES; moment++) {
      LogFixture log = new LogFixture();
      List<String> kept = new ArrayList<>();
      int deletedTo = 0;
      for (int number = 1; number <= WRITES; number++) {
        if (number % QUIET_EVERY == 1) {
          int quiet = number / QUIET_EVERY + 1;
          log.write("quiet", quiet, "text");
          kept.add(quiet + " text");
        }
        boolean now = number == moment;
        int deleted = kept.size();
        deletedTo = now ? deleted : deletedTo;
        log.store.write(
            List.of(LogFixture.event("busy", number, TEXT)),
            failure -> {
              assertThat(failure).isNull();
              if (now) {
                log.store.deleteTo("quiet", deleted, none -> assertThat(none).isNull());
              }
            });
        log.run();
        log.deleteTo("busy", number - KEPT);
      }
      assertThat(log.replay("quiet"))
          .as("at %s", moment)
          .isEqualTo(kept.subList(deletedTo, kept.size()));
      if (!log.storage.list().contains(SegmentFormat.fileName(1))) {
        moved++;
      }
      LogFixture reopened = LogFixture.reopened(log.storage.durable());
      assertThat(reopened.replay("quiet"))
          .as("at %s", moment)
          .isEqualTo(kept.subList(deletedTo, kept.size()));
    }
    assertThat(moved).as("how often the first segment was rewritten").isGreaterThan(WRITES / 2);
  }
}

package io.pekkoraft.persistence.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.persistence.file.MemoryStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the store does when there is too much of something, and after an error. */
class WalLimitsTest {
  private static final String TEXT = "x".repeat(1000);

  private static WalSettings queueing(long maxQueuedBytes) {
    return new WalSettings(
        Path.of("/memory"),
        "",
        LogFixture.SEGMENT_SIZE,
        4 << 10,
        Duration.ofMillis(100),
        0.25,
        4,
        1 << 20,
        maxQueuedBytes,
        0);
  }

  @Test
  void events_beyond_the_limit_are_not_serialized_before_there_is_room() {
    LogFixture log = new LogFixture(new MemoryStorage(), queueing(10_000));
    List<LogFixture.Result> results = new ArrayList<>();
    List<Integer> serialized = new ArrayList<>();
    for (int i = 1; i <= 50; i++) {
      int number = i;
      LogFixture.Result result = new LogFixture.Result();
      results.add(result);
      log.store.whenRoom(
          () -> {
            serialized.add(number);
            log.store.write(List.of(LogFixture.event("id-" + number, 1, TEXT)), result);
          });
    }
    assertThat(serialized).hasSizeBetween(9, 11);
    log.run();
    assertThat(serialized).hasSize(50).isSorted();
    assertThat(results).allMatch(LogFixture.Result::succeeded);
  }

  @Test
  void what_waits_for_room_is_told_when_the_store_fails() {
    LogFixture log = new LogFixture(new MemoryStorage(), queueing(2_000));
    List<LogFixture.Result> results = new ArrayList<>();
    for (int i = 1; i <= 9; i++) {
      String id = "id-" + i;
      LogFixture.Result result = new LogFixture.Result();
      results.add(result);
      log.store.whenRoom(() -> log.store.write(List.of(LogFixture.event(id, 1, TEXT)), result));
    }
    log.storage.failFlushAfter(0);
    log.run();
    assertThat(results).allMatch(result -> result.failure() instanceof WalFailedException);

    LogFixture.Result later = new LogFixture.Result();
    log.store.whenRoom(() -> log.store.write(List.of(LogFixture.event("z", 1, TEXT)), later));
    log.run();
    assertThat(later.failure()).isInstanceOf(WalFailedException.class);
  }

  /** With a limit that the bytes of any one write reach: none of them may stay in the account. */
  @Test
  void writes_that_a_full_disk_refused_take_no_room() {
    LogFixture log = new LogFixture(new MemoryStorage(), queueing(TEXT.length()));
    log.storage.limitSpace(0);
    // It waits for a segment of its size, which cannot be had; the others are refused at once.
    LogFixture.Result last = log.write("large", 1, TEXT.repeat(40));
    assertThat(last.failure()).isInstanceOf(WalFullException.class);
    int refused = 1;
    for (int number = 1; refused < 4; number++) {
      assertThat(number).isLessThan(60);
      last = whenRoom(log, number);
      assertThat(last.isDone())
          .as("write %s, behind %s that were refused", number, refused)
          .isTrue();
      refused += last.succeeded() ? 0 : 1;
    }
    assertThat(last.failure()).isInstanceOf(WalFullException.class);

    log.storage.limitSpace(Long.MAX_VALUE);
    log.fireTimers();
    assertThat(whenRoom(log, 60).succeeded()).isTrue();
  }

  private static LogFixture.Result whenRoom(LogFixture log, int number) {
    LogFixture.Result result = new LogFixture.Result();
    log.store.whenRoom(() -> log.store.write(List.of(LogFixture.event("a", number, TEXT)), result));
    log.run();
    return result;
  }

  @Test
  void a_segment_has_a_size_with_which_one_can_reckon() {
    assertThat(settings("segment-size", 1L << 30).segmentSize()).isEqualTo(1 << 30);
    for (long tooLarge : new long[] {(1L << 30) + 512, (1L << 31) - 512, 1L << 31, 1L << 40}) {
      assertThatThrownBy(() -> settings("segment-size", tooLarge))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("segment-size is " + tooLarge + " bytes")
          .hasMessageContaining("at most 1073741824");
    }
  }

  @Test
  void a_batch_has_a_size_with_which_one_can_reckon() {
    assertThat(settings("max-batch-bytes", 1L << 28).maxBatchBytes()).isEqualTo(1 << 28);
    for (long wrong : new long[] {0, (1L << 28) + 1, Integer.MAX_VALUE, 1L << 31, 1L << 40}) {
      assertThatThrownBy(() -> settings("max-batch-bytes", wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("max-batch-bytes is " + wrong + " bytes")
          .hasMessageContaining("at most 268435456");
    }
  }

  /** The timer that is set with the first write takes no more. */
  @Test
  void no_delay_is_longer_than_a_timer_takes() {
    for (Object wrong : List.of("0 s", "24 h", "300 days")) {
      assertThatThrownBy(() -> settings("idle-mark-delay", wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("idle-mark-delay must be positive and less than a day");
    }
    assertThat(settings("idle-mark-delay", "23 h").idleMarkDelay()).isEqualTo(Duration.ofHours(23));
    assertThatThrownBy(() -> settings("rewrite-bytes-per-second", 999))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rewrite-bytes-per-second must be at least 1000");
  }

  @Test
  void events_put_back_together_are_as_many_bytes_as_a_write_at_most() {
    LogFixture log = new LogFixture();
    EventRecord large = LogFixture.event("a", 1, "x".repeat(64 << 20));
    List<EventRecord> events = Collections.nCopies(40, large); // a sum beyond 31 bits
    assertThatThrownBy(() -> log.store.repair(events, new LogFixture.Result()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bytes is too large for the write-ahead log");
    assertThat(log.write("a", 1, "one").succeeded()).isTrue();
  }

  private static WalSettings settings(String key, Object value) {
    Config all =
        ConfigFactory.parseString(
                "pekko-raft.persistence.journal { directory = /memory, "
                    + key
                    + " = "
                    + value
                    + "}")
            .withFallback(ConfigFactory.load());
    return WalSettings.from(all.getConfig("pekko-raft.persistence.journal"), all);
  }

  @Test
  void what_was_durable_before_an_error_can_be_read_and_nothing_else() throws IOException {
    LogFixture log = new LogFixture();
    log.write("a", 1, "one");
    log.storage.failFlushAfter(0);
    assertThat(log.write("a", 2, "two").failure()).isInstanceOf(WalFailedException.class);

    assertThat(log.replay("a")).containsExactly("1 one");
    LogFixture.Result highest = new LogFixture.Result();
    log.store.afterOutstanding(highest);
    log.run();
    assertThat(highest.failure()).isInstanceOf(WalFailedException.class);

    log.store.close();
    assertThatThrownBy(() -> log.store.replay("a", 1, 9, 9, event -> {}))
        .isInstanceOf(WalClosedException.class);
  }

  @Test
  void a_failed_store_is_opened_again_with_all_of_it_verified() {
    MemoryStorage storage = new MemoryStorage();
    List<LogFixture> lives = new ArrayList<>();
    WalHandle handle =
        new WalHandle(
            () -> {
              LogFixture life = new LogFixture(storage);
              lives.add(life);
              return new WalHandle.Opened(life.store, null);
            });
    lives.get(0).write("a", 1, "one");
    assertThat(handle.reopen()).as("a sound store stays").isSameAs(lives.get(0).store);

    storage.failFlushAfter(0);
    assertThat(lives.get(0).write("a", 2, "two").succeeded()).isFalse();
    assertThat(handle.reopen()).isSameAs(lives.get(1).store);
    assertThat(handle.store()).isSameAs(lives.get(1).store);
    // Its flush had failed, yet it was read: then it is durable, or it may not be replayed.
    assertThat(lives.get(1).replay("a")).containsExactly("1 one", "2 two");
    assertThat(lives.get(1).write("a", 3, "three").succeeded()).isTrue();
  }
}

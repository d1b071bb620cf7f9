package io.pekkoraft.persistence.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.Figures;
import io.pekkoraft.persistence.file.DirectoryStorageProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Groups that write one event and then nothing more, beside one that writes and deletes all the
 * time, on a real disk. Gigabytes with {@code -Draft.quiet.mib=4096}.
 */
class QuietGroupTest {
  private static final int MIB = Integer.getInteger("raft.quiet.mib", 64);
  private static final int SEGMENT = MIB >= 1024 ? 64 << 20 : 1 << 20;
  private static final int EVENT = 64 << 10;
  private static final int KEPT = 16;
  private static final int QUIET = 10;

  @TempDir Path directory;
  private final Deque<Runnable> tasks = new ArrayDeque<>();

  private WalStore open() throws IOException {
    return WalStore.open(
        new WalSettings(directory, "", SEGMENT, 4 << 20, Duration.ofSeconds(60), 0.25, 4),
        new DirectoryStorageProvider(),
        new WalExecutors(tasks::add, tasks::add, (delay, task) -> tasks.add(task)));
  }

  private void run() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void a_quiet_group_does_not_pin_what_a_busy_one_has_written() throws IOException {
    String payload = "x".repeat(EVENT);
    long most = 0;
    int events = (int) ((long) MIB * (1 << 20) / EVENT);
    try (WalStore store = open()) {
      for (int number = 1; number <= events; number++) {
        if (number % (events / QUIET) == 1) {
          write(store, "quiet-" + number / (events / QUIET), 1, "still here");
        }
        write(store, "busy", number, payload);
        if (number % KEPT == 0) {
          store.deleteTo("busy", number - KEPT, failure -> assertThat(failure).isNull());
          run();
          most = Math.max(most, size());
        }
      }
    }
    long end = size();
    try (WalStore store = open()) {
      for (int quiet = 0; quiet < QUIET; quiet++) {
        int[] found = new int[1];
        store.replay("quiet-" + quiet, 1, 9, 9, event -> found[0]++);
        assertThat(found[0]).as("events of quiet-%s", quiet).isEqualTo(1);
      }
    }
    Figures.write(
        "Quiet groups",
        Figures.line("bytes written by a busy group", (long) events * EVENT),
        Figures.line("quiet groups with one event each", QUIET),
        Figures.line("bytes of a segment", SEGMENT),
        Figures.line("bytes of the directory, at most", most),
        Figures.line("bytes of the directory at the end", end));
    assertThat(most).isLessThan(9L * SEGMENT);
  }

  private void write(WalStore store, String id, long number, String text) {
    store.write(
        List.of(LogFixture.event(id, number, text)), failure -> assertThat(failure).isNull());
    run();
  }

  private long size() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }
}

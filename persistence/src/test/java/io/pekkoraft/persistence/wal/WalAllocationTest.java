package io.pekkoraft.persistence.wal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.Allocation;
import io.pekkoraft.persistence.Figures;
import io.pekkoraft.persistence.file.DirectoryStorageProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the writer leaves to the garbage collector, measured on its thread, with real files. */
class WalAllocationTest {
  private static final int IDS = 64;
  private static final int EVENTS = 1000;

  /** So many batches at most, until the code is compiled as well as it gets. */
  private static final int BATCHES = 1000;

  /** No object is left of an event. */
  private static final long GOAL = 16L * EVENTS;

  /**
   * A small object is, of each: how much the compiler takes away depends on what it has seen. A
   * copy of an event, or of its id, would be far more.
   */
  private static final long LIMIT = 48L * EVENTS;

  private static final byte[] WRITER = "2d7a3c1e-5f0b-4a86-9c55-0e6d1f2b3a49".getBytes(UTF_8);

  @TempDir Path directory;
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final long[] numbers = new long[IDS];
  private int confirmed;

  @Test
  void an_event_costs_the_writer_no_memory_beside_its_place_in_the_index() throws IOException {
    long least = Long.MAX_VALUE;
    try (WalStore store =
        WalStore.open(
            new WalSettings(directory, "", 64 << 20, 4 << 20, Duration.ofSeconds(60), 0.25, 4),
            new DirectoryStorageProvider(),
            new WalExecutors(tasks::add, Runnable::run, (delay, task) -> {}))) {
      for (int batch = 0; batch < BATCHES && least >= GOAL; batch++) {
        submit(store);
        int before = confirmed;
        Allocation allocation = new Allocation();
        run();
        least = Math.min(least, allocation.bytes());
        assertThat(confirmed - before).isEqualTo(EVENTS);
        for (int id = 0; id < IDS; id++) {
          store.deleteTo(id(id), numbers[id], failure -> {});
        }
        run();
      }
    }
    Figures.write(
        "Allocation of the writer",
        Figures.line("events in a batch", EVENTS),
        Figures.line("bytes allocated for all of them", least));
    assertThat(least).as("bytes for %s events", EVENTS).isLessThan(LIMIT);
  }

  private void submit(WalStore store) {
    List<EventRecord> events = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      String id = id(i % IDS);
      events.add(
          new EventRecord(
              id,
              id.getBytes(UTF_8),
              ++numbers[i % IDS],
              7,
              RecordFormat.NO_BYTES,
              WRITER,
              Payload.of(17, "m", new byte[256]),
              null,
              RecordFormat.NO_BYTES));
    }
    events.forEach(event -> store.write(List.of(event), this::confirm));
  }

  private void confirm(@Nullable Throwable failure) {
    if (failure == null) {
      confirmed++;
    }
  }

  private void run() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  private static String id(int i) {
    return "pekko-raft|cluster|group-" + i + "|node-1";
  }
}

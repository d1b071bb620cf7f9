package io.pekkoraft.persistence.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pekkoraft.persistence.file.StorageProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A store on any storage, whose tasks and timers run when the test says so. */
final class SteppedStore {
  static final int SEGMENT_SIZE = SegmentFormat.MIN_SEGMENT_SIZE;

  private final WalStore store;
  private final Deque<Runnable> writerTasks = new ArrayDeque<>();
  private final Deque<Runnable> backgroundTasks = new ArrayDeque<>();
  private final List<Runnable> timers = new ArrayList<>();

  private SteppedStore(StorageProvider provider) throws IOException {
    WalSettings settings =
        new WalSettings(
            Path.of("/memory"), "", SEGMENT_SIZE, 1 << 20, Duration.ofMillis(100), 0.25, 3);
    store =
        WalStore.open(
            settings,
            provider,
            new WalExecutors(
                writerTasks::add, backgroundTasks::add, (delay, task) -> timers.add(task)));
  }

  static SteppedStore open(StorageProvider provider) throws IOException {
    return new SteppedStore(provider);
  }

  WalStore store() {
    return store;
  }

  /** Runs what waits for the writer, and nothing else. */
  void runWriter() {
    while (!writerTasks.isEmpty()) {
      writerTasks.remove().run();
    }
  }

  /** Runs all tasks, but no timer. */
  void run() {
    while (!writerTasks.isEmpty() || !backgroundTasks.isEmpty()) {
      (writerTasks.isEmpty() ? backgroundTasks : writerTasks).remove().run();
    }
  }

  /** Lets all timers that are set fire. */
  void fireTimers() {
    List<Runnable> due = List.copyOf(timers);
    timers.clear();
    due.forEach(Runnable::run);
    run();
  }

  /** The events of an id, as number and text. */
  List<String> replay(String id) throws IOException {
    List<String> events = new ArrayList<>();
    store.replay(
        id,
        0,
        Long.MAX_VALUE,
        Long.MAX_VALUE,
        event -> events.add(event.sequenceNr() + " " + new String(event.payload().bytes(), UTF_8)));
    return events;
  }
}

package io.pekkoraft.persistence.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pekkoraft.persistence.file.MemoryStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A store in memory whose tasks and timers run when the test says so. */
final class LogFixture {
  static final int SEGMENT_SIZE = 32 << 10;

  final MemoryStorage storage;
  final WalStore store;
  private final Deque<Runnable> writerTasks = new ArrayDeque<>();
  private final Deque<Runnable> backgroundTasks = new ArrayDeque<>();
  private final List<Runnable> timers = new ArrayList<>();
  private final List<Duration> delays = new ArrayList<>();

  /** What an operation's outcome was, once it is known. */
  static final class Result implements Outcome {
    private boolean done;
    private @Nullable Throwable failure;

    @Override
    public void done(@Nullable Throwable cause) {
      if (done) {
        throw new IllegalStateException("told twice");
      }
      done = true;
      failure = cause;
    }

    boolean isDone() {
      return done;
    }

    boolean succeeded() {
      return done && failure == null;
    }

    @Nullable Throwable failure() {
      return failure;
    }
  }

  LogFixture() {
    this(new MemoryStorage());
  }

  LogFixture(MemoryStorage storage) {
    this(storage, settings());
  }

  LogFixture(MemoryStorage storage, WalSettings settings) {
    this.storage = storage;
    try {
      this.store =
          WalStore.open(
              settings,
              storage.provider(),
              new WalExecutors(
                  writerTasks::add,
                  backgroundTasks::add,
                  (delay, task) -> {
                    delays.add(delay);
                    timers.add(task);
                  }));
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  static WalSettings settings() {
    return new WalSettings(
        Path.of("/memory"), "", SEGMENT_SIZE, 1 << 20, Duration.ofMillis(100), 0.25, 4);
  }

  static LogFixture reopened(Map<String, byte[]> files) {
    return new LogFixture(MemoryStorage.of(files));
  }

  /** Runs all tasks, but no timer. */
  void run() {
    while (!writerTasks.isEmpty() || !backgroundTasks.isEmpty()) {
      Runnable task = writerTasks.isEmpty() ? backgroundTasks.remove() : writerTasks.remove();
      task.run();
    }
  }

  /** Gives the writer one turn. */
  void stepWriter() {
    writerTasks.remove().run();
  }

  void runWriterOnly() {
    while (!writerTasks.isEmpty()) {
      writerTasks.remove().run();
    }
  }

  /** Lets all timers that are set fire. */
  void fireTimers() {
    List<Runnable> due = List.copyOf(timers);
    timers.clear();
    due.forEach(Runnable::run);
    run();
  }

  /** How long after which timers were set. */
  List<Duration> delays() {
    return delays;
  }

  Result submit(String id, long sequenceNr, String text) {
    Result result = new Result();
    store.write(List.of(event(id, sequenceNr, text)), result);
    return result;
  }

  Result write(String id, long sequenceNr, String text) {
    Result result = submit(id, sequenceNr, text);
    run();
    return result;
  }

  Result deleteTo(String id, long sequenceNr) {
    Result result = new Result();
    store.deleteTo(id, sequenceNr, result);
    run();
    return result;
  }

  static EventRecord event(String id, long sequenceNr, String text) {
    return EventRecord.of(
        id, sequenceNr, 7, "m", "writer", Payload.of(42, "s", text.getBytes(UTF_8)), null);
  }

  /** The texts of an id's events, each with its number. */
  List<String> replay(String id) {
    return replay(id, 0, Long.MAX_VALUE, Long.MAX_VALUE);
  }

  List<String> replay(String id, long from, long to, long max) {
    List<String> events = new ArrayList<>();
    try {
      store.replay(
          id,
          from,
          to,
          max,
          event ->
              events.add(event.sequenceNr() + " " + new String(event.payload().bytes(), UTF_8)));
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
    return events;
  }

  void close() {
    try {
      store.close();
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }
}

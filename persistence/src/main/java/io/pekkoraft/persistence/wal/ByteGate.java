package io.pekkoraft.persistence.wal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the bytes that wait for the disk: what comes when there are enough is kept as the task
 * that would add them, and runs when some were written. All tasks run in the order in which they
 * came.
 */
final class ByteGate {
  private final long limit;
  private final AtomicLong queued = new AtomicLong();
  private final Deque<Runnable> waiting = new ArrayDeque<>();

  ByteGate(long limit) {
    this.limit = limit;
  }

  void added(int bytes) {
    queued.addAndGet(bytes);
  }

  void removed(int bytes) {
    queued.addAndGet(-bytes);
  }

  /** How many bytes wait for the disk, those of the batch that is being written included. */
  long bytes() {
    return queued.get();
  }

  /** Runs the task now, or after those before it when there is room. */
  synchronized void run(Runnable task) {
    if (waiting.isEmpty() && queued.get() < limit) {
      task.run();
    } else {
      waiting.add(task);
    }
  }

  /** Lets in what there is room for. */
  synchronized void open() {
    while (!waiting.isEmpty() && queued.get() < limit) {
      waiting.remove().run();
    }
  }

  /** Lets everything in: it is refused behind. */
  synchronized void openForAll() {
    while (!waiting.isEmpty()) {
      waiting.remove().run();
    }
  }

  synchronized boolean isEmpty() {
    return waiting.isEmpty();
  }
}

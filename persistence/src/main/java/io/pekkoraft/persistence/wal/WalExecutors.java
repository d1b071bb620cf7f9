package io.pekkoraft.persistence.wal;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Where the store runs: it has no thread of its own.
 *
 * @param writer runs one short task after another that writes and flushes a batch
 * @param background prepares segments and deletes files; may block
 * @param timer delays the idle mark
 */
record WalExecutors(Executor writer, Executor background, Timer timer) {

  /** Runs a short task later, on any thread. */
  @FunctionalInterface
  interface Timer {
    void after(Duration delay, Runnable task);
  }
}

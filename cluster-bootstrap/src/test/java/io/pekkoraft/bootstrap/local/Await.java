package io.pekkoraft.bootstrap.local;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition, not for a time. */
final class Await {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final CountDownLatch NEVER = new CountDownLatch(1);

  private Await() {}

  /**
   * @param evidence what to show if it does not come true
   */
  static void until(String what, BooleanSupplier condition, Supplier<?> evidence) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "not within " + PATIENCE.toSeconds() + " s: " + what + "\n" + evidence.get());
      }
      try {
        if (NEVER.await(50, TimeUnit.MILLISECONDS)) {
          throw new IllegalStateException();
        }
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted", e);
      }
    }
  }
}

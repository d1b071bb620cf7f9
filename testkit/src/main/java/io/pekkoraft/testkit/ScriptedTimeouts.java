package io.pekkoraft.testkit;

import java.util.random.RandomGenerator;

/**
 * Chance with nothing left to it: election timeouts are those of a list, one after the other, the
 * last one for ever.
 */
final class ScriptedTimeouts implements RandomGenerator {
  private final long baseNanos;
  private final long[] timeoutNanos;
  private int next;

  /**
   * @param baseNanos the least timeout there is
   * @param timeoutNanos from {@code baseNanos} to less than twice that; at least one
   */
  ScriptedTimeouts(long baseNanos, long... timeoutNanos) {
    this.baseNanos = baseNanos;
    this.timeoutNanos = timeoutNanos.clone();
  }

  /** How much longer than the least timeout the next one is. */
  @Override
  public long nextLong(long bound) {
    long timeout = timeoutNanos[Math.min(next++, timeoutNanos.length - 1)];
    return Math.min(Math.max(timeout - baseNanos, 0), bound - 1);
  }

  @Override
  public long nextLong() {
    throw new UnsupportedOperationException("a node draws election timeouts only");
  }
}

package io.pekkoraft.testkit;

import java.util.random.RandomGenerator;

/**
 * A machine's monotonic clock: some zero, and a rate that is nearly right. Outlives the process.
 */
final class SimulatedClock {
  private long originNanos;
  private double rate;
  private long stoppedNanos = -1;
  private long missedNanos;

  /**
   * @param originNanos what it shows at virtual time 0; may be negative, as real ones may
   * @param rate its nanoseconds per virtual nanosecond
   */
  SimulatedClock(long originNanos, double rate) {
    this.originNanos = originNanos;
    this.rate = rate;
  }

  /**
   * One that starts anywhere.
   *
   * @param drift by how much it runs too fast or too slow, at most, as a fraction
   */
  static SimulatedClock drawn(RandomGenerator random, double drift) {
    double rate = drift == 0 ? 1 : 1 + off(random) * drift;
    // Some clocks start below zero, as System.nanoTime may.
    long origin = random.nextLong(-1_000_000_000_000L, 1_000_000_000_000L);
    return new SimulatedClock(origin, rate);
  }

  /** Mostly somewhere between, at times as bad as allowed: there leases are tight. */
  private static double off(RandomGenerator random) {
    boolean worst = random.nextInt(3) == 0;
    return worst ? random.nextInt(2) * 1.998 - 0.999 : random.nextDouble(-1, 1);
  }

  long at(long virtualNanos) {
    long seen = stoppedNanos >= 0 ? stoppedNanos : virtualNanos;
    return originNanos + (long) ((seen - missedNanos) * rate);
  }

  /** Stands still from now on, as one of a machine that is suspended. */
  void stop(long virtualNanos) {
    if (stoppedNanos < 0) {
      stoppedNanos = virtualNanos;
    }
  }

  void goOn(long virtualNanos) {
    if (stoppedNanos >= 0) {
      missedNanos += virtualNanos - stoppedNanos;
      stoppedNanos = -1;
    }
  }

  /** The virtual time that passes while this clock counts {@code ownNanos}. */
  long virtualDuration(long ownNanos) {
    return (long) Math.ceil(Math.max(ownNanos, 0) / rate);
  }

  /** Runs at another rate from this virtual time on. Timers that are armed are as they were. */
  void runAt(double newRate, long virtualNanos) {
    originNanos = at(virtualNanos) - (long) ((virtualNanos - missedNanos) * newRate);
    rate = newRate;
  }

  double rate() {
    return rate;
  }
}

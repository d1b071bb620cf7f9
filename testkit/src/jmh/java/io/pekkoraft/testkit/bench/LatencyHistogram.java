package io.pekkoraft.testkit.bench;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts durations in buckets of at most 1.6 % of their size. Safe for use by any thread; read it
 * when all have ended.
 */
final class LatencyHistogram {
  /** Buckets of one octave, as a power of two. */
  private static final int STEP_BITS = 6;

  private static final int STEPS = 1 << STEP_BITS;

  private final AtomicLongArray counts = new AtomicLongArray((64 - STEP_BITS + 1) * STEPS);
  private final AtomicLong largest = new AtomicLong();

  void record(long nanos) {
    long positive = Math.max(0, nanos);
    counts.incrementAndGet(bucket(positive));
    if (positive > largest.get()) {
      largest.accumulateAndGet(positive, Math::max);
    }
  }

  private static int bucket(long nanos) {
    if (nanos < STEPS) {
      return (int) nanos;
    }
    int octave = 63 - Long.numberOfLeadingZeros(nanos);
    int step = (int) (nanos >>> (octave - STEP_BITS)) & (STEPS - 1);
    return (octave - STEP_BITS + 1) * STEPS + step;
  }

  private static long lowest(int bucket) {
    int octave = bucket / STEPS;
    int step = bucket % STEPS;
    return octave == 0 ? step : (long) (STEPS + step) << (octave - 1);
  }

  /**
   * The duration that a share of all did not exceed, in milliseconds; 0 if there were none.
   *
   * @param share from 0 to 1
   */
  double millis(double share) {
    long total = 0;
    for (int i = 0; i < counts.length(); i++) {
      total += counts.get(i);
    }
    long wanted = (long) Math.ceil(share * total);
    long seen = 0;
    for (int i = 0; i < counts.length(); i++) {
      seen += counts.get(i);
      if (seen >= wanted && seen > 0) {
        return lowest(i) / 1e6;
      }
    }
    return 0;
  }

  double maxMillis() {
    return largest.get() / 1e6;
  }
}

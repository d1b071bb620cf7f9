package io.pekkoraft.testkit.fault;

import java.util.SplittableRandom;

/**
 * How a direction of a link treats messages.
 *
 * @param drop the share that is lost
 * @param duplicate the share that comes twice; of those, the same share comes three times
 * @param reorder whether one may overtake another
 * @param tail the share that is late by up to {@code tailNanos} more
 */
public record Weather(
    double drop,
    double duplicate,
    boolean reorder,
    long minDelayNanos,
    long maxDelayNanos,
    double tail,
    long tailNanos) {
  private static final long NANOS_PER_MS = 1_000_000;
  private static final long LATEST_NANOS = 10_000 * NANOS_PER_MS;

  /** As a good network is. */
  public static final Weather CALM =
      new Weather(0, 0, false, NANOS_PER_MS / 2, 5 * NANOS_PER_MS, 0, 0);

  /** Nothing arrives, as when a queue overflows. */
  static final Weather LOST = new Weather(1, 0, false, NANOS_PER_MS / 2, NANOS_PER_MS, 0, 0);

  /** Losses up to 30 %, doubles up to 50 %, delays up to 400 ms, some of 10 s; mostly not all. */
  public static Weather any(SplittableRandom random) {
    double drop = random.nextInt(3) == 0 ? random.nextDouble() * 0.3 : 0;
    double duplicate = random.nextInt(3) == 0 ? random.nextDouble() * 0.5 : 0;
    boolean reorder = random.nextBoolean();
    long max =
        random.nextLong(
            2 * NANOS_PER_MS, random.nextBoolean() ? 20 * NANOS_PER_MS : 400 * NANOS_PER_MS);
    double tail = reorder && random.nextInt(3) == 0 ? random.nextDouble() * 0.05 : 0;
    return new Weather(drop, duplicate, reorder, NANOS_PER_MS / 2, max, tail, LATEST_NANOS);
  }
}

package io.pekkoraft.testkit.fault;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Faults of clocks and timers. */
final class ClockFaults {
  private static final long NANOS_PER_MS = 1_000_000;

  private ClockFaults() {}

  /** Timers fire late, the clock is right: a machine with too much to do. */
  static String lateTimers(World world, SplittableRandom random) {
    int member = world.victim(random);
    long upTo = random.nextLong(20 * NANOS_PER_MS, 1_500 * NANOS_PER_MS);
    world.delayTimers(member, upTo);
    world.later(2 * world.aWhile(random), () -> world.delayTimers(member, 0));
    return world.name(member) + " by up to " + upTo / NANOS_PER_MS + " ms";
  }

  /** As on a virtual machine that is suspended. Breaks the bound, so only where that is broken. */
  static @Nullable String stopClock(World world, SplittableRandom random) {
    int member = world.victim(random);
    if (!world.stopClock(member)) {
      return null;
    }
    world.later(world.aWhile(random), () -> world.goOnClock(member));
    return world.name(member);
  }
}

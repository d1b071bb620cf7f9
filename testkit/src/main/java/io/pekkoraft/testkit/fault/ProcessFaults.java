package io.pekkoraft.testkit.fault;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Faults of processes and of what they run. */
final class ProcessFaults {
  private static final long NANOS_PER_MS = 1_000_000;

  private ProcessFaults() {}

  static @Nullable String crash(World world, SplittableRandom random) {
    return crash(world, world.victim(random), world.aWhile(random));
  }

  private static @Nullable String crash(World world, int member, long downNanos) {
    if (!world.isRunning(member)) {
      return null;
    }
    world.crash(member);
    world.restartLater(member, downNanos);
    return world.name(member) + " for " + downNanos / NANOS_PER_MS + " ms";
  }

  /** A new life at the same address, before anybody can have noticed. */
  static @Nullable String quickRestart(World world, SplittableRandom random) {
    return crash(world, world.victim(random), random.nextLong(200 * NANOS_PER_MS));
  }

  /** All lose what is not durable, at one instant. */
  static String powerLoss(World world, SplittableRandom random) {
    for (int member = 0; member < world.size(); member++) {
      if (world.isRunning(member)) {
        crash(world, member, world.aWhile(random));
      }
    }
    return "all";
  }

  /** From a tenth of a second to half a minute. */
  static @Nullable String pause(World world, SplittableRandom random) {
    int member = world.victim(random);
    if (!world.isRunning(member)) {
      return null;
    }
    long duration =
        random.nextInt(8) == 0
            ? random.nextLong(5_000 * NANOS_PER_MS, 30_000 * NANOS_PER_MS)
            : 100 * NANOS_PER_MS + world.aWhile(random);
    world.pause(member);
    world.later(duration, () -> world.resume(member));
    return world.name(member) + " for " + duration / NANOS_PER_MS + " ms";
  }

  /** Ten times slower, and more. */
  static String slowApply(World world, SplittableRandom random) {
    int member = world.victim(random);
    world.slowApply(member, random.nextLong(10, 200));
    world.later(2 * world.aWhile(random), () -> world.slowApply(member, 1));
    return world.name(member);
  }

  /** On all members alike, at one command, until the code is mended. */
  static @Nullable String stateMachineThrows(World world, SplittableRandom random) {
    int member = world.victim(random);
    if (!world.isRunning(member)) {
      return null;
    }
    world.proposePoison(member);
    world.later(
        random.nextLong(500 * NANOS_PER_MS, 4_000 * NANOS_PER_MS), world::mendStateMachines);
    return world.name(member);
  }

  /** Disk, state machine and links of one that does not lead, for long. */
  static @Nullable String slowFollower(World world, SplittableRandom random) {
    int member = world.follower(random);
    if (member == World.NOBODY) {
      return null;
    }
    long max = random.nextLong(20 * NANOS_PER_MS, 300 * NANOS_PER_MS);
    Weather slow = new Weather(0, 0, false, max / 2, max, 0, 0);
    for (int other = 0; other < world.size(); other++) {
      world.weather(other, member, slow);
    }
    world.slowDisk(member, random.nextLong(10, 300));
    world.slowApply(member, random.nextLong(10, 100));
    world.later(
        random.nextLong(2_000 * NANOS_PER_MS, 10_000 * NANOS_PER_MS),
        () -> {
          for (int other = 0; other < world.size(); other++) {
            world.weather(other, member, Weather.CALM);
          }
          world.slowDisk(member, 1);
          world.slowApply(member, 1);
        });
    return world.name(member);
  }
}

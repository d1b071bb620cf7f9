package io.pekkoraft.testkit.fault;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Faults of disks, as the journal and the snapshot files show them. */
final class DiskFaults {
  private static final long NANOS_PER_MS = 1_000_000;

  private DiskFaults() {}

  static @Nullable String failWrite(World world, SplittableRandom random) {
    int member = world.victim(random);
    if (!world.isRunning(member)) {
      return null;
    }
    world.failNextWrite(member);
    restartIfFailed(world, member, world.aWhile(random));
    return world.name(member);
  }

  private static void restartIfFailed(World world, int member, long afterNanos) {
    world.later(
        afterNanos,
        () -> {
          if (world.hasFailed(member)) {
            world.crash(member);
            world.start(member);
          }
        });
  }

  static String full(World world, SplittableRandom random) {
    int member = world.victim(random);
    world.fillDisk(member, true);
    long duration = world.aWhile(random);
    world.later(duration, () -> world.fillDisk(member, false));
    restartIfFailed(world, member, duration + 1);
    return world.name(member) + " for " + duration / NANOS_PER_MS + " ms";
  }

  static @Nullable String slow(World world, SplittableRandom random) {
    int member = world.victim(random);
    if (!world.isRunning(member)) {
      return null;
    }
    world.slowDisk(member, random.nextLong(10, 3000));
    world.later(world.aWhile(random), () -> world.slowDisk(member, 1));
    return world.name(member);
  }

  static @Nullable String hold(World world, SplittableRandom random) {
    int member = world.victim(random);
    if (!world.isRunning(member)) {
      return null;
    }
    world.holdWrites(member, true);
    world.later(world.aWhile(random), () -> world.holdWrites(member, false));
    return world.name(member);
  }

  static String refuseSnapshots(World world, SplittableRandom random) {
    int member = world.any(random);
    world.refuseSnapshots(member, true);
    world.later(5 * world.aWhile(random), () -> world.refuseSnapshots(member, false));
    return world.name(member);
  }

  static String hideSnapshotParts(World world, SplittableRandom random) {
    int member = world.victim(random);
    world.hideSnapshotParts(member, true);
    world.later(2 * world.aWhile(random), () -> world.hideSnapshotParts(member, false));
    return world.name(member);
  }

  static String flipSnapshotParts(World world, SplittableRandom random) {
    int member = world.victim(random);
    world.flipSnapshotParts(member, true);
    world.later(2 * world.aWhile(random), () -> world.flipSnapshotParts(member, false));
    return world.name(member);
  }

  /** Found when the log is read at the next start. */
  static @Nullable String damage(World world, SplittableRandom random) {
    int member = world.any(random);
    if (!world.damage(member)) {
      return null;
    }
    world.restartLater(member, world.aWhile(random));
    return world.name(member);
  }

  /** The member's name comes back with nothing on disk, as another incarnation. */
  static @Nullable String wipe(World world, SplittableRandom random) {
    int member = world.any(random);
    if (!world.wipe(member)) {
      return null;
    }
    world.restartLater(member, world.aWhile(random));
    return world.name(member);
  }
}

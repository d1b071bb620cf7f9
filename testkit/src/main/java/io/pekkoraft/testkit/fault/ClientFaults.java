package io.pekkoraft.testkit.fault;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What clients do, and what of that is too much. */
final class ClientFaults {
  private static final long NANOS_PER_MS = 1_000_000;
  private static final long TIMEOUT_NANOS = 3_000 * NANOS_PER_MS;

  private ClientFaults() {}

  /** A command through any member; at times many at once. */
  static String commands(World world, SplittableRandom random) {
    int count = random.nextInt(20) == 0 ? random.nextInt(5, 60) : 1;
    for (int i = 0; i < count; i++) {
      int bytes = random.nextInt(8, 9 + Math.min(300, world.maxCommandBytes() - 8));
      world.propose(world.any(random), bytes, TIMEOUT_NANOS);
    }
    return "";
  }

  /** Short deadlines, and again through somebody else. */
  static String retries(World world, SplittableRandom random) {
    for (int i = random.nextInt(1, 8); i > 0; i--) {
      long timeout = random.nextLong(NANOS_PER_MS, 200 * NANOS_PER_MS);
      world.proposeAndRetry(world.any(random), 16, timeout, random.nextInt(1, 5));
    }
    return "";
  }

  static String oversized(World world, SplittableRandom random) {
    int member = world.victim(random);
    int bytes = world.maxCommandBytes() + random.nextInt(1, 1000);
    world.propose(member, bytes, TIMEOUT_NANOS);
    return world.name(member) + ": " + bytes + " bytes";
  }

  /** Half again as much as may wait to be committed, at once. */
  static @Nullable String flood(World world, SplittableRandom random) {
    int leader = world.leader();
    if (leader == World.NOBODY) {
      return null;
    }
    int bytes = world.maxCommandBytes();
    long count = Math.min(world.maxUncommittedBytes() * 3 / 2 / bytes + 1, 400);
    for (long i = 0; i < count; i++) {
      world.propose(leader, bytes, random.nextLong(TIMEOUT_NANOS));
    }
    return world.name(leader) + ": " + count + " commands";
  }

  /** As large as a command may be, one after the other. */
  static String huge(World world, SplittableRandom random) {
    int member = world.victim(random);
    int count = random.nextInt(2, 20);
    for (int i = 0; i < count; i++) {
      world.later(
          i * 5L * NANOS_PER_MS,
          () -> world.propose(member, world.maxCommandBytes(), TIMEOUT_NANOS));
    }
    return world.name(member) + ": " + count + " commands";
  }

  /** Mostly away from whoever leads. */
  static String transfer(World world, SplittableRandom random) {
    int leader = world.leader();
    int from = leader != World.NOBODY && random.nextInt(8) > 0 ? leader : world.any(random);
    int to = random.nextBoolean() ? World.NOBODY : world.any(random);
    world.transfer(from, to, random.nextLong(5 * NANOS_PER_MS, 2_000 * NANOS_PER_MS));
    return world.name(from);
  }
}

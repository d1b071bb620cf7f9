package io.pekkoraft.testkit.fault;

import io.pekkoraft.message.NodeCommand.Envelope;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Faults of the network. */
final class NetworkFaults {
  private static final long NANOS_PER_MS = 1_000_000;
  private static final int MOST_FLAPS = 40;

  private NetworkFaults() {}

  private interface Pair {
    void of(int one, int other);
  }

  private static void forAllLinks(World world, Pair pair) {
    for (int from = 0; from < world.size(); from++) {
      for (int to = 0; to < world.size(); to++) {
        if (from != to) {
          pair.of(from, to);
        }
      }
    }
  }

  private static void healLater(World world, SplittableRandom random) {
    world.later(world.aWhile(random) + 200 * NANOS_PER_MS, world::heal);
  }

  // --- cuts

  static String partition(World world, SplittableRandom random) {
    int side = random.nextInt(1 << world.size());
    cutBetween(world, side);
    healLater(world, random);
    return Integer.toBinaryString(side);
  }

  private static void cutBetween(World world, int side) {
    forAllLinks(
        world,
        (from, to) -> {
          if ((side >> from & 1) != (side >> to & 1)) {
            world.cut(from, to);
          }
        });
  }

  private static void cutAllFrom(World world, int member) {
    for (int other = 0; other < world.size(); other++) {
      world.cut(member, other);
    }
  }

  private static void cutAllTo(World world, int member) {
    for (int other = 0; other < world.size(); other++) {
      world.cut(other, member);
    }
  }

  static @Nullable String isolateLeader(World world, SplittableRandom random) {
    int leader = world.leader();
    if (leader == World.NOBODY) {
      return null;
    }
    cutAllFrom(world, leader);
    cutAllTo(world, leader);
    healLater(world, random);
    return world.name(leader);
  }

  /** It goes on speaking, and hears nobody. */
  static @Nullable String deafLeader(World world, SplittableRandom random) {
    int leader = world.leader();
    if (leader == World.NOBODY) {
      return null;
    }
    cutAllTo(world, leader);
    healLater(world, random);
    return world.name(leader);
  }

  /** It hears its leader, and nobody hears it. */
  static @Nullable String muteFollower(World world, SplittableRandom random) {
    int follower = world.follower(random);
    if (follower == World.NOBODY) {
      return null;
    }
    cutAllFrom(world, follower);
    healLater(world, random);
    return world.name(follower);
  }

  static @Nullable String oneWay(World world, SplittableRandom random) {
    StringBuilder what = new StringBuilder();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      int from = world.victim(random);
      int to = world.any(random);
      if (from != to) {
        world.cut(from, to);
        what.append(world.name(from)).append("->").append(world.name(to)).append(' ');
      }
    }
    healLater(world, random);
    return what.length() == 0 ? null : what.toString();
  }

  /** Two halves that only one member can reach both of. */
  static @Nullable String bridge(World world, SplittableRandom random) {
    int bridge = world.any(random);
    int side = random.nextInt(1 << world.size());
    boolean[] cut = new boolean[1];
    forAllLinks(
        world,
        (from, to) -> {
          if ((side >> from & 1) != (side >> to & 1) && from != bridge && to != bridge) {
            world.cut(from, to);
            cut[0] = true;
          }
        });
    healLater(world, random);
    return cut[0] ? world.name(bridge) : null;
  }

  /** Each member reaches the one before and the one after it, in some order. */
  static @Nullable String chain(World world, SplittableRandom random) {
    return line(world, random, false);
  }

  /** The same, and the last reaches the first. */
  static @Nullable String ring(World world, SplittableRandom random) {
    return line(world, random, true);
  }

  private static @Nullable String line(World world, SplittableRandom random, boolean closed) {
    int size = world.size();
    if (size < (closed ? 4 : 3)) {
      return null; // a ring of three is whole
    }
    int[] place = shuffled(size, random);
    forAllLinks(
        world,
        (from, to) -> {
          int apart = Math.abs(place[from] - place[to]);
          if (apart != 1 && !(closed && apart == size - 1)) {
            world.cut(from, to);
          }
        });
    healLater(world, random);
    return java.util.Arrays.toString(place);
  }

  private static int[] shuffled(int size, SplittableRandom random) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** A link that comes and goes, each time for a tenth to three election timeouts. */
  static @Nullable String flap(World world, SplittableRandom random) {
    int one = world.victim(random);
    int other = (one + 1 + random.nextInt(Math.max(1, world.size() - 1))) % world.size();
    if (one == other) {
      return null;
    }
    long period =
        random.nextLong(world.electionTimeoutNanos() / 10, 3 * world.electionTimeoutNanos());
    boolean both = random.nextBoolean();
    flap(world, one, other, both, period / 2, random.nextInt(4, MOST_FLAPS));
    return world.name(one) + "-" + world.name(other) + " every " + period / NANOS_PER_MS + " ms";
  }

  private static void flap(
      World world, int one, int other, boolean both, long halfNanos, int left) {
    boolean cut = left % 2 == 0;
    if (cut && left > 0) {
      world.cut(one, other);
      if (both) {
        world.cut(other, one);
      }
    } else {
      world.heal(one, other);
      world.heal(other, one);
    }
    if (left > 0) {
      world.later(halfNanos, () -> flap(world, one, other, both, halfNanos, left - 1));
    }
  }

  // --- weather

  /** Other delays, losses and doubles on all links from now on. */
  static String weather(World world, SplittableRandom random) {
    Weather weather = Weather.any(random);
    forAllLinks(world, (from, to) -> world.weather(from, to, weather));
    return weather.toString();
  }

  /** What one member sends, or what it is sent, takes long and overtakes itself. */
  static String lag(World world, SplittableRandom random) {
    int member = world.victim(random);
    boolean sending = random.nextBoolean();
    long max = random.nextLong(500 * NANOS_PER_MS, 10_000 * NANOS_PER_MS);
    Weather slow = new Weather(0, 0, true, NANOS_PER_MS / 2, max, 0, 0);
    SplittableRandom after = random.split();
    for (int other = 0; other < world.size(); other++) {
      world.weather(sending ? member : other, sending ? other : member, slow);
    }
    world.later(world.aWhile(random), () -> weather(world, after));
    return world.name(member) + " up to " + max / NANOS_PER_MS + " ms";
  }

  /** All that is sent on a link is lost for a moment, as when a queue overflows. */
  static @Nullable String burstLoss(World world, SplittableRandom random) {
    int from = world.victim(random);
    int to = world.any(random);
    if (from == to) {
      return null;
    }
    Weather after = Weather.any(random);
    world.weather(from, to, Weather.LOST);
    world.later(
        random.nextLong(5 * NANOS_PER_MS, 300 * NANOS_PER_MS),
        () -> world.weather(from, to, after));
    return world.name(from) + "->" + world.name(to);
  }

  /** What was sent lately comes once more, each message at its own time, some of it very late. */
  static @Nullable String replay(World world, SplittableRandom random) {
    List<Envelope> recent = world.recent();
    for (Envelope sent : recent) {
      int receiver = sent.header().to().value().charAt(0) - 'a';
      world.later(random.nextLong(15_000 * NANOS_PER_MS), () -> world.deliver(receiver, sent));
    }
    return recent.isEmpty() ? null : recent.size() + " messages";
  }

  // --- and load

  /**
   * A leader, with fewer than a majority, is cut off and gets many commands: a tail that nobody
   * else has. When it comes back, whoever leads by then is gone.
   */
  static String strand(World world, SplittableRandom random) {
    int leader = world.victim(random);
    int side = 1 << leader;
    if (world.size() > 3) {
      side |= 1 << random.nextInt(world.size());
    }
    cutBetween(world, side);
    for (int i = random.nextInt(5, 60); i > 0; i--) {
      world.propose(leader, 16, 2_000 * NANOS_PER_MS);
    }
    boolean kill = random.nextBoolean();
    long down = world.aWhile(random);
    world.later(
        random.nextLong(1_500 * NANOS_PER_MS, 5_000 * NANOS_PER_MS),
        () -> {
          world.heal();
          int successor = world.leader();
          if (kill && successor != World.NOBODY && successor != leader) {
            world.crash(successor);
            world.restartLater(successor, down);
          }
        });
    return world.name(leader);
  }
}

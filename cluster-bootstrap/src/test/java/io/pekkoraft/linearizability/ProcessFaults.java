package io.pekkoraft.linearizability;

import io.pekkoraft.failover.Board;
import io.pekkoraft.failover.torture.Freeze;
import io.pekkoraft.failover.torture.Namespaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Kills, stops and cuts off members of a group at random, often the one that leads. */
final class ProcessFaults {
  /** What is done. */
  enum Kind {
    /** {@code kill -9}; started again after a while. */
    KILL,
    /** SIGSTOP, and SIGCONT after a while. */
    PAUSE,
    /** One member does not hear another one. */
    ONE_WAY_CUT,
    /** One member hears none of the others. */
    DEAF,
    /** None of the others hears one member. */
    MUTE,
    /** {@code kill -9} for all at once. */
    KILL_ALL
  }

  private final MemberProcesses members;
  private final @Nullable Namespaces network;
  private final Supplier<String> leader;
  private final IntConsumer afterKill;
  private final SplittableRandom random;
  private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);

  /**
   * @param leader asked for the id of who leads
   * @param afterKill told the number of a member that was killed, before it is started again
   */
  ProcessFaults(
      MemberProcesses members,
      @Nullable Namespaces network,
      Supplier<String> leader,
      IntConsumer afterKill,
      SplittableRandom random) {
    this.members = members;
    this.network = network;
    this.leader = leader;
    this.afterKill = afterKill;
    this.random = random;
  }

  /** How often each was done. */
  Map<Kind, Long> counts() {
    return counts;
  }

  long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** What can be done here. */
  List<Kind> possible() {
    return network == null ? List.of(Kind.KILL, Kind.PAUSE, Kind.KILL_ALL) : List.of(Kind.values());
  }

  /** Each kind in turn at first, so that a short run has them all; returns when it is undone. */
  void strike(int round) throws IOException, InterruptedException {
    List<Kind> possible = possible();
    Kind kind = possible.get(round < possible.size() ? round : random.nextInt(possible.size()));
    int victim = victim();
    Duration time = Duration.ofMillis(random.nextLong(300, 3_500));
    switch (kind) {
      case KILL -> kill(List.of(victim), time);
      case KILL_ALL -> kill(all(), time);
      case PAUSE -> pause(victim, time);
      case ONE_WAY_CUT, DEAF, MUTE -> cut(kind, victim, time);
    }
    counts.merge(kind, 1L, Long::sum);
  }

  private List<Integer> all() {
    List<Integer> all = new ArrayList<>();
    for (int node = 0; node < members.count(); node++) {
      all.add(node);
    }
    return all;
  }

  private int victim() {
    String leads = random.nextInt(3) > 0 ? leader.get() : "";
    for (int node = 0; node < members.count(); node++) {
      if (members.id(node).equals(leads)) {
        return node;
      }
    }
    return random.nextInt(members.count());
  }

  private void kill(List<Integer> nodes, Duration time) throws IOException, InterruptedException {
    nodes.forEach(members::kill);
    nodes.forEach(afterKill::accept);
    Board.elapse(time);
    for (int node : nodes) {
      members.start(node);
    }
  }

  private void pause(int node, Duration time) {
    CompletableFuture.runAsync(
            () -> {
              try {
                Freeze.of(members.id(node), members.pid(node), time);
              } catch (IOException failed) {
                throw new UncheckedIOException(failed);
              }
            },
            task -> new Thread(task, "pause").start())
        .join();
  }

  private void cut(Kind kind, int node, Duration time) throws IOException, InterruptedException {
    if (network == null) {
      throw new IllegalStateException("nothing to cut");
    }
    int one = (node + 1 + random.nextInt(members.count() - 1)) % members.count();
    for (int other = 0; other < members.count(); other++) {
      if (other == node || (kind == Kind.ONE_WAY_CUT && other != one)) {
        continue;
      }
      boolean hears = kind == Kind.MUTE || (kind == Kind.ONE_WAY_CUT && time.toMillis() % 2 == 0);
      network.cut(members.id(hears ? node : other), members.id(hears ? other : node));
    }
    Board.elapse(time);
    network.heal();
  }
}

package io.pekkoraft.testkit;

import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.LogPosition;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * L7: links are cut and stay cut, the leader reaches a quorum all the while: for a minute nobody
 * else leads, the term stays, and writes go on. And L1, L2 where it does not, and somebody else can
 * win: that one leads, in time.
 */
final class PartialPartition {
  private static final int SECONDS = 60;

  /**
   * Timers that were late when the faults ended have fired by then, and what they sent is there.
   */
  private static final Duration SETTLED = Duration.ofSeconds(3);

  private final Simulation simulation;
  private final SplittableRandom random;

  PartialPartition(Simulation simulation, long seed) {
    this.simulation = simulation;
    this.random = new SplittableRandom(seed);
  }

  void check() {
    simulation.elapse(SETTLED);
    SimulatedNode leader = leader();
    cutSome(leader);
    holds(leader, SECONDS);
  }

  private SimulatedNode leader() {
    for (SimulatedNode node : simulation.nodes()) {
      if (node.isLeader()) {
        return node;
      }
    }
    throw simulation.invariants().violation("L1 a leader is elected", "there is none");
  }

  /** Any link, in any direction, but for a quorum of members that the leader keeps, both ways. */
  private void cutSome(SimulatedNode leader) {
    int kept = 1 << leader.index();
    for (int left = simulation.configuration().quorum() - 1; left > 0; ) {
      SimulatedNode node = simulation.nodes().get(random.nextInt(simulation.nodes().size()));
      if ((kept >> node.index() & 1) == 0 && !node.isOut()) {
        kept |= 1 << node.index();
        left--;
      }
    }
    for (SimulatedNode from : simulation.nodes()) {
      for (SimulatedNode to : simulation.nodes()) {
        boolean needed =
            (from == leader && (kept >> to.index() & 1) != 0)
                || (to == leader && (kept >> from.index() & 1) != 0);
        if (from != to && !needed && random.nextBoolean()) {
          simulation.network().cutOneWay(from.index(), to.index());
        }
      }
    }
    simulation.noteWorld("stable partial partition");
  }

  /** Leads on in its term, for so many seconds, and commits in each of them. */
  void holds(SimulatedNode leader, int seconds) {
    long term = leader.state().term();
    for (int second = 0; second < seconds; second++) {
      Operation operation = simulation.propose(leader, 16, Duration.ofSeconds(1));
      simulation.elapse(Duration.ofSeconds(1));
      boolean stable =
          leader.kind() == RaftStatus.Role.LEADER
              && leader.state().term() == term
              && operation.isCommitted();
      if (!stable) {
        throw simulation
            .invariants()
            .violation(
                "L7 a leader that reaches a quorum leads on",
                leader + " led term " + term + "; " + operation);
      }
    }
  }

  // --- a leader that does not reach a quorum

  /** Whether a member hears, and is heard by, others that are a quorum with it. */
  boolean reachesQuorum(SimulatedNode node) {
    return isQuorum(node, other -> true);
  }

  /**
   * Whether anybody can win an election now: it reaches a quorum whose logs are no newer than its
   * own. Where nobody does, Raft can promise no leader.
   */
  boolean canAnybodyWin() {
    return simulation.nodes().stream()
        .filter(node -> !node.isOut())
        .anyMatch(node -> isQuorum(node, other -> last(other).compareTo(last(node)) <= 0));
  }

  private static LogPosition last(SimulatedNode node) {
    return node.state().log().last();
  }

  private boolean isQuorum(SimulatedNode node, Predicate<SimulatedNode> counts) {
    long reached =
        simulation.nodes().stream()
            .filter(other -> !other.isOut() && !isCut(node, other) && !isCut(other, node))
            .filter(counts)
            .count();
    return reached >= simulation.configuration().quorum();
  }

  private boolean isCut(SimulatedNode from, SimulatedNode to) {
    return simulation.network().link(from.index(), to.index()).cut;
  }

  /**
   * Waits for a leader that reaches a quorum, and for its first commit: L1 and L2, which do not ask
   * that all links are well.
   */
  SimulatedNode awaitLeader() {
    long begun = simulation.nowNanos();
    Duration longestElection = Duration.ofNanos(2 * simulation.electionTimeoutNanos());
    must("L1 a leader is elected", longestElection.multipliedBy(4), () -> leading() != null);
    Duration rest = longestElection.multipliedBy(5).minusNanos(simulation.nowNanos() - begun);
    must("L2 a command is committed", rest, () -> committing() != null);
    return Objects.requireNonNull(committing());
  }

  private void must(String what, Duration within, BooleanSupplier condition) {
    if (!simulation.await(condition, within)) {
      throw simulation.invariants().violation(what, "not within " + within);
    }
  }

  /** A leader that does not reach a quorum, and will find out, is none. */
  private @Nullable SimulatedNode leading() {
    return simulation.nodes().stream()
        .filter(node -> node.isLeader() && reachesQuorum(node))
        .findFirst()
        .orElse(null);
  }

  private @Nullable SimulatedNode committing() {
    SimulatedNode leader = leading();
    return leader == null || leader.running().leadership() == null ? null : leader;
  }
}

package io.pekkoraft.testkit;

import io.pekkoraft.api.RaftStatus;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * L7: links are cut and stay cut, the leader reaches a quorum all the while: for a minute nobody
 * else leads, the term stays, and writes go on.
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
}

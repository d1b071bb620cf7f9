package io.pekkoraft.testkit;

import io.pekkoraft.state.NodeState;

/** L6: a follower that lacks what is committed gets nearer to it, as its own disk shows. */
final class CatchingUp {
  private static final int ELECTION_TIMEOUTS = 10;
  private static final long GAP_NANOS = 200_000_000;

  private final Simulation simulation;
  private final long[] progress;
  private final long[] sinceNanos;
  private long nextLookNanos;

  CatchingUp(Simulation simulation) {
    this.simulation = simulation;
    this.progress = new long[simulation.nodes().size()];
    this.sinceNanos = new long[progress.length];
  }

  /** Looks now and then; called after every event. */
  void look() {
    if (simulation.nowNanos() < nextLookNanos) {
      return;
    }
    nextLookNanos = simulation.nowNanos() + GAP_NANOS;
    for (SimulatedNode leader : simulation.nodes()) {
      if (leader.isLeader()) {
        for (SimulatedNode node : simulation.nodes()) {
          look(node, leader.state());
        }
      }
    }
  }

  private void look(SimulatedNode node, NodeState leader) {
    long commit = leader.commitIndex();
    boolean there =
        node.isOut()
            || node.disk().snapshotIndex() >= commit
            || node.disk().holds(commit, leader.log().hashAt(commit));
    long now = node.disk().lastIndex() + node.disk().snapshotIndex() + node.disk().receivedBytes();
    int index = node.index();
    if (there || now != progress[index] || sinceNanos[index] == 0) {
      progress[index] = now;
      sinceNanos[index] = simulation.nowNanos();
      return;
    }
    long still = simulation.nowNanos() - sinceNanos[index];
    simulation
        .invariants()
        .check(
            still < ELECTION_TIMEOUTS * simulation.electionTimeoutNanos(),
            "L6 a follower that lags gets on",
            node,
            () -> "the same for " + still / 1_000_000 + " ms, of " + commit);
  }
}

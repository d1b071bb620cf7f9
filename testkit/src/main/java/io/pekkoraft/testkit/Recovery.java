package io.pekkoraft.testkit;

import io.pekkoraft.api.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What must happen once nothing goes wrong any more: a leader, a commit, and all members alike,
 * each within its time, without many terms, and nobody stuck on the way (liveness L1 to L6). Who is
 * out for good is not waited for.
 */
final class Recovery {
  private static final long PROBE_GAP_NANOS = 200_000_000;

  private final Simulation simulation;
  private final Duration longestElection;
  private final CatchingUp catchingUp;
  private long nextProbeNanos;

  Recovery(Simulation simulation) {
    this.simulation = simulation;
    this.longestElection = Duration.ofNanos(2 * simulation.electionTimeoutNanos());
    this.catchingUp = new CatchingUp(simulation);
  }

  /**
   * @param stopClients called when new commands have been committed
   */
  void check(Runnable stopClients) {
    long healed = simulation.nowNanos();
    simulation.runUntil(healed); // what waited for a paused member may bring a forged term
    long termBefore = Math.max(highestTerm(), simulation.invariants().elections().highestTerm());
    must("L1 a leader is elected", longestElection.multipliedBy(4), this::hasLeader);
    List<Operation> probes = new ArrayList<>();
    Duration rest = longestElection.multipliedBy(5).minusNanos(simulation.nowNanos() - healed);
    must("L2 a command is committed", rest, () -> isCommitted(probes));
    stopClients.run();
    must(
        "L3 all members converge",
        Duration.ofSeconds(30),
        () -> {
          catchingUp.look();
          return isConverged();
        });
    long grown = highestTerm() - termBefore;
    if (grown > 3) {
      throw simulation
          .invariants()
          .violation("L4 few terms are needed", "from term " + termBefore + " by " + grown);
    }
    must("L5 no client waits beyond its deadline", Duration.ofSeconds(5), this::allAnswered);
  }

  private void must(String what, Duration within, BooleanSupplier condition) {
    if (!simulation.await(condition, within)) {
      throw simulation.invariants().violation(what, "not within " + within);
    }
  }

  private long highestTerm() {
    long term = 0;
    for (SimulatedNode node : simulation.nodes()) {
      if (node.isRunning() && !node.isOut()) {
        term = Math.max(term, Math.max(node.state().term(), node.disk().hardState().term()));
      }
    }
    return term;
  }

  private boolean hasLeader() {
    for (SimulatedNode node : simulation.nodes()) {
      if (node.isLeader()) {
        return true;
      }
    }
    return false;
  }

  /** A new command, now and then, until one of them is committed. */
  private boolean isCommitted(List<Operation> probes) {
    if (!simulation.workload().hasCommands()) {
      return hasCommittedLeader();
    }
    if (simulation.nowNanos() >= nextProbeNanos) {
      nextProbeNanos = simulation.nowNanos() + PROBE_GAP_NANOS;
      for (SimulatedNode node : simulation.nodes()) {
        if (node.isLeader()) {
          probes.add(simulation.propose(node, 16, Duration.ofSeconds(1)));
          break;
        }
      }
    }
    for (Operation probe : probes) {
      if (probe.outcome() instanceof Outcome.Committed) {
        return true;
      }
    }
    return false;
  }

  /** Somebody leads who has committed the first entry of its term. */
  private boolean hasCommittedLeader() {
    for (SimulatedNode node : simulation.nodes()) {
      if (node.isRunning() && node.running().leadership() != null) {
        return true;
      }
    }
    return false;
  }

  boolean isConverged() {
    long last = simulation.invariants().commits().index();
    long hash = 0;
    long stateHash = 0;
    boolean first = true;
    for (SimulatedNode node : simulation.nodes()) {
      if (node.isOut()) {
        continue;
      }
      if (!holdsAll(node, last)) {
        return false;
      }
      long nodeHash = node.state().log().lastHash();
      long nodeStateHash = node.running().state().hash();
      if (!first && (nodeHash != hash || nodeStateHash != stateHash)) {
        return false;
      }
      hash = nodeHash;
      stateHash = nodeStateHash;
      first = false;
    }
    return true;
  }

  private boolean holdsAll(SimulatedNode node, long last) {
    return node.state().log().lastIndex() == last
        && node.state().commitIndex() == last
        && simulation.invariants().appliedIndex(node) == last
        && node.disk().lastIndex() == last;
  }

  private boolean allAnswered() {
    return simulation.invariants().clients().unanswered() == 0
        && simulation.transfers().stream().allMatch(transfer -> transfer.outcome() != null);
  }
}

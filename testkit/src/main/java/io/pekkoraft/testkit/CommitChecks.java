package io.pekkoraft.testkit;

import io.pekkoraft.log.ChainHash;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.state.NodeState;
import io.pekkoraft.state.RaftLog;
import java.util.ArrayList;
import java.util.List;

/**
 * What is committed in truth, from the first member on that says so: I4, I6, I7, I18, and of I27
 * what snapshots cover.
 */
final class CommitChecks {

  /** The entry that is committed at an index for ever. */
  private static final class Committed {
    final LogEntry entry;
    final long leaderTerm;

    Committed(LogEntry entry, long leaderTerm) {
      this.entry = entry;
      this.leaderTerm = leaderTerm;
    }
  }

  private final Simulation simulation;
  private final Invariants invariants;
  private final ClientChecks clients;
  private final List<Committed> history = new ArrayList<>();

  CommitChecks(Simulation simulation, Invariants invariants, ClientChecks clients) {
    this.simulation = simulation;
    this.invariants = invariants;
    this.clients = clients;
  }

  /** How much is committed in truth. */
  long index() {
    return history.size();
  }

  private Committed committed(long index) {
    return history.get((int) (index - 1));
  }

  /** The chain hash up to an entry that is committed. */
  long hashAt(long index) {
    return index == 0 ? ChainHash.EMPTY : committed(index).entry.hash();
  }

  long termAt(long index) {
    return index == 0 ? 0 : committed(index).entry.term();
  }

  /** True if this entry is the one that is committed at its index. */
  boolean isCommitted(LogEntry entry) {
    return entry.index() <= index() && entry.hash() == hashAt(entry.index());
  }

  /**
   * How far leaders of older terms have committed: one of a newer term may be ahead of a late one.
   */
  private long indexBefore(long term) {
    long index = index();
    while (index > 0 && committed(index).leaderTerm >= term) {
      index--;
    }
    return index;
  }

  /** A leader has all that leaders before it have committed. */
  void elected(SimulatedNode node) {
    if (invariants.lies(node)) {
      return;
    }
    long committed = indexBefore(node.state().term());
    invariants.check(
        has(node.state().log(), committed),
        "I4 a leader has all that is committed",
        node,
        () -> "committed is " + committed);
  }

  private boolean has(RaftLog log, long index) {
    return index <= log.base().index()
        || (index <= log.lastIndex() && log.hashAt(index) == hashAt(index));
  }

  /** A member's commit index is another. */
  void changed(SimulatedNode node, long before, NodeState state) {
    long commit = state.commitIndex();
    invariants.check(
        commit > before,
        "I8 commit never falls",
        node,
        () -> "it was " + before + ", is " + commit);
    if (node.isLeader() && isFirstOfOwnTerm(state, before)) {
      long acknowledged = Math.min(clients.answeredIndex(), indexBefore(state.term()));
      invariants.check(
          has(state.log(), acknowledged),
          "I18 what is acknowledged is in every later leader's log",
          node,
          () -> "acknowledged is " + acknowledged);
    }
    long known = Math.min(commit, index());
    invariants.check(
        known < state.log().base().index() || state.log().hashAt(known) == hashAt(known),
        "I6 what is committed is the same everywhere",
        node,
        () -> "at " + known + " it has term " + state.log().termAt(known));
    if (commit > index()) {
      news(node, state, commit);
    }
  }

  private static boolean isFirstOfOwnTerm(NodeState state, long before) {
    RaftLog log = state.log();
    return log.termAt(state.commitIndex()) == state.term()
        && (before < log.base().index() || log.termAt(before) < state.term());
  }

  private void news(SimulatedNode node, NodeState state, long commit) {
    invariants.check(
        node.isLeader() && state.log().termAt(commit) == state.term(),
        "I7 a leader commits first, and entries of its own term",
        node,
        () -> "commit " + index() + " -> " + commit);
    int holding = holders(commit, state.log().hashAt(commit));
    invariants.check(
        holding >= simulation.configuration().quorum(),
        "I7 a majority holds on disk what is committed",
        node,
        () -> "entry " + commit + " is on " + holding);
    for (long i = index() + 1; i <= commit; i++) {
      LogEntry entry = state.log().entry(i);
      history.add(new Committed(entry, state.term()));
      clients.committed(entry);
      simulation.tell(listener -> listener.committed(entry));
    }
    simulation.checkLeases(node);
  }

  private int holders(long index, long hash) {
    int holding = 0;
    for (SimulatedNode node : simulation.nodes()) {
      holding += node.promised().holds(index, hash) ? 1 : 0;
    }
    return holding;
  }

  /** True if the snapshot is of what is committed in truth. */
  boolean covers(SnapshotDescriptor snapshot) {
    return snapshot.index() <= index() && snapshot.chainHash() == hashAt(snapshot.index());
  }
}

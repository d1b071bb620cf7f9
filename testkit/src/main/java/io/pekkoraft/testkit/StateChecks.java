package io.pekkoraft.testkit;

import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.SnapshotDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is handed to the state machines, I16, and what applying it led to, on each member at the
 * same index: I5, and what a snapshot holds, I27. Who applies an entry first says what it leads to;
 * all others are held against that.
 */
final class StateChecks {
  /** So many of the newest states are kept in words; of older ones a difference shows one side. */
  private static final int KEPT_IN_WORDS = 64;

  /** What the first member that applied an entry got. */
  private static final class First {
    final String member;
    final byte[] result;
    final boolean compared;
    final long hash;
    @Nullable String state;

    First(String member, byte[] result, boolean compared, long hash) {
      this.member = member;
      this.result = result;
      this.compared = compared;
      this.hash = hash;
    }
  }

  private final Simulation simulation;
  private final Invariants invariants;
  private final CommitChecks commits;
  private final List<First> firsts = new ArrayList<>();

  /** How far each member has handed its log over, and how far its state machine is. */
  private final long[] handed;

  private final long[] applied;

  StateChecks(Simulation simulation, Invariants invariants, CommitChecks commits) {
    this.simulation = simulation;
    this.invariants = invariants;
    this.commits = commits;
    this.handed = new long[simulation.configuration().voters().size()];
    this.applied = new long[handed.length];
  }

  void started(SimulatedNode node) {
    handed[node.index()] = 0;
    applied[node.index()] = 0;
  }

  long appliedIndex(SimulatedNode node) {
    return applied[node.index()];
  }

  // --- what is handed over, before it is applied

  void handed(SimulatedNode node, List<LogEntry> entries) {
    for (LogEntry entry : entries) {
      long before = handed[node.index()];
      invariants.check(
          entry.index() == before + 1 && entry.index() <= node.state().commitIndex(),
          "I16 what is committed is handed over in order, once",
          node,
          () -> entry + " after " + before);
      handed[node.index()] = entry.index();
    }
  }

  void handed(SimulatedNode node, SnapshotDescriptor snapshot) {
    long before = handed[node.index()];
    invariants.check(
        snapshot.index() >= before,
        "I8 the commit that the application is told never falls",
        node,
        () -> before + " -> " + snapshot);
    handed[node.index()] = snapshot.index();
  }

  // --- what is applied

  void applied(SimulatedNode node, LogEntry entry, byte[] result, SimulatedState state) {
    long before = applied[node.index()];
    invariants.check(
        entry.index() == before + 1,
        "I16 entries are applied in order, once",
        node,
        () -> entry + " after " + before);
    invariants.check(
        commits.isCommitted(entry),
        "I5 what is applied is committed",
        node,
        () -> entry.toString());
    applied[node.index()] = entry.index();
    compare(node, entry, result, state);
  }

  private void compare(SimulatedNode node, LogEntry entry, byte[] result, SimulatedState state) {
    boolean compared = state.isComparedAt(entry.index());
    if (entry.index() > firsts.size()) {
      add(node, result, compared, state);
      return;
    }
    First first = firsts.get((int) entry.index() - 1);
    if (!Arrays.equals(first.result, result)) {
      throw invariants.violation(
          "I5 all state machines agree",
          differs(entry, first, node, "result")
              + BytesText.difference(first.member + ": ", first.result, node.id() + ": ", result));
    }
    if (compared && first.hash != state.hash()) {
      throw invariants.violation(
          "I5 all state machines agree",
          differs(entry, first, node, "state") + lines(first, inWords(first), node, state));
    }
  }

  private void add(SimulatedNode node, byte[] result, boolean compared, SimulatedState state) {
    First first = new First(node.id().value(), kept(result), compared, compared ? state.hash() : 0);
    if (compared && simulation.workload().runsApplication()) {
      first.state = state.describe();
    }
    firsts.add(first);
    if (firsts.size() > KEPT_IN_WORDS) {
      firsts.get(firsts.size() - 1 - KEPT_IN_WORDS).state = null;
    }
  }

  /** A state machine that goes on using its result's array must not change what is compared. */
  private byte[] kept(byte[] result) {
    return simulation.workload().runsApplication() ? result.clone() : result;
  }

  /** A member's state is that of a snapshot now. */
  void restored(SimulatedNode node, SnapshotDescriptor snapshot, SimulatedState state) {
    long before = applied[node.index()];
    invariants.check(
        snapshot.index() >= before,
        "I16 a state machine never goes back",
        node,
        () -> before + " -> " + snapshot);
    applied[node.index()] = snapshot.index();
    First first = firsts.get((int) snapshot.index() - 1);
    if (first.compared && first.hash != state.hash()) {
      throw invariants.violation(
          "I27 a snapshot holds the state of its index",
          node + "  --  restored from " + snapshot + lines(first, inWords(first), node, state));
    }
  }

  boolean isResult(long index, byte[] result) {
    return index <= firsts.size() && Arrays.equals(firsts.get((int) index - 1).result, result);
  }

  private String differs(LogEntry entry, First first, SimulatedNode node, String what) {
    return "at index "
        + entry.index()
        + " the "
        + what
        + " of "
        + node.id()
        + " differs from that of "
        + first.member
        + ", after "
        + (simulation.workload().runsApplication() ? ApplicationState.describe(entry) : entry);
  }

  private static String inWords(First first) {
    String state = first.state;
    return state == null ? "hash " + Long.toHexString(first.hash) : state;
  }

  private static String lines(First first, String one, SimulatedNode node, SimulatedState state) {
    return lines(first, one, node, state.describe());
  }

  private static String lines(First first, String one, SimulatedNode node, String other) {
    return "\n    " + first.member + ": " + one + "\n    " + node.id() + ": " + other;
  }
}

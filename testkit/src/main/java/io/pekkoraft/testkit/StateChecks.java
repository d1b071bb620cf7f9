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

  /**
   * A life of a member, as far as it bears on its state.
   *
   * @param number of its lives
   * @param restored the index of the snapshot that its state was restored from; 0 for none
   * @param over what it had applied before that, in this life; 0 for nothing
   */
  private record Life(String member, int number, long restored, long over) {
    String restoredFrom() {
      return restored == 0
          ? ""
          : "the snapshot of "
              + restored
              + (over == 0 ? "" : " over what it had applied up to " + over);
    }

    @Override
    public String toString() {
      return restored == 0 ? member : member + ", restored from " + restoredFrom() + ",";
    }
  }

  /** What the first member that applied an entry got. */
  private static final class First {
    final Life by;
    final byte[] result;
    final boolean compared;
    final long hash;
    @Nullable String state;

    First(Life by, byte[] result, boolean compared, long hash) {
      this.by = by;
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

  private final Life[] lives;

  StateChecks(Simulation simulation, Invariants invariants, CommitChecks commits) {
    this.simulation = simulation;
    this.invariants = invariants;
    this.commits = commits;
    this.handed = new long[simulation.configuration().voters().size()];
    this.applied = new long[handed.length];
    this.lives = new Life[handed.length];
    Arrays.fill(lives, new Life("", 0, 0, 0));
  }

  void started(SimulatedNode node) {
    handed[node.index()] = 0;
    applied[node.index()] = 0;
    lives[node.index()] = new Life(node.id().value(), lives[node.index()].number + 1, 0, 0);
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
      Life now = lives[node.index()];
      throw invariants.violation(
          node,
          "I5 all state machines agree",
          differs(entry, first, node, "result")
              + BytesText.difference(
                  label(first.by, now), first.result, label(now, first.by), result));
    }
    if (compared && first.hash != state.hash()) {
      throw invariants.violation(
          node,
          "I5 all state machines agree",
          differs(entry, first, node, "state") + lines(first, node, state));
    }
  }

  private void add(SimulatedNode node, byte[] result, boolean compared, SimulatedState state) {
    First first =
        new First(lives[node.index()], kept(result), compared, compared ? state.hash() : 0);
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
    Life life = lives[node.index()];
    Life now = new Life(life.member, life.number, snapshot.index(), before);
    lives[node.index()] = now;
    simulation.note(node, "restored " + now.restoredFrom());
    First first = firsts.get((int) snapshot.index() - 1);
    if (first.compared && first.hash != state.hash()) {
      throw invariants.violation(
          node,
          "I27 a snapshot holds the state of its index",
          "the state of %s differs from that of %s at that index; %s%s"
              .formatted(now, before(first.by, now), snapshot, lines(first, node, state)));
    }
  }

  boolean isResult(long index, byte[] result) {
    return index <= firsts.size() && Arrays.equals(firsts.get((int) index - 1).result, result);
  }

  private String differs(LogEntry entry, First first, SimulatedNode node, String what) {
    Life now = lives[node.index()];
    return "at index %d the %s of %s differs from that of %s, after %s"
        .formatted(
            entry.index(),
            what,
            now,
            before(first.by, now),
            simulation.workload().runsApplication() ? ApplicationState.describe(entry) : entry);
  }

  /** Who was first, told apart from the same member's present life. */
  private static String before(Life first, Life now) {
    String who = first.toString();
    return first.member.equals(now.member) ? who + " before its restart" : who;
  }

  /** What stands before a value of one of two, so that both are told apart. */
  private static String label(Life life, Life other) {
    if (!life.member.equals(other.member)) {
      return life.member + ": ";
    }
    return life.member + (life.number < other.number ? " before: " : " now:    ");
  }

  private String lines(First first, SimulatedNode node, SimulatedState state) {
    Life now = lives[node.index()];
    String one = first.state == null ? "hash " + Long.toHexString(first.hash) : first.state;
    return "\n    "
        + label(first.by, now)
        + one
        + "\n    "
        + label(now, first.by)
        + state.describe();
  }
}

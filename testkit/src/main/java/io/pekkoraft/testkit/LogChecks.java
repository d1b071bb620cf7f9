package io.pekkoraft.testkit;

import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.ChainHash;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.state.NodeState;
import io.pekkoraft.state.RaftLog;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Logs, and the snapshots below them: I2, I3, I8, I15, I24, I27. Rests on the chain hash: two logs
 * with the same hash at an index are equal up to there, so that each check costs no more than what
 * has changed.
 */
final class LogChecks {

  /** The log of one member as it was after its last event. */
  private static final class Watched {
    long[] hashes = new long[64];
    long[] terms = new long[64];
    long lastIndex;
    long lastHash = ChainHash.EMPTY;
    long commitIndex;
    long term;
    boolean wasLeader;
    long snapshotIndex;
    // while a message is being handled
    long commitBefore;
    @Nullable AppendEntries append;

    void set(long index, long term, long hash) {
      if (index >= hashes.length) {
        int length = (int) Math.max(index + 1, hashes.length * 2L);
        hashes = Arrays.copyOf(hashes, length);
        terms = Arrays.copyOf(terms, length);
      }
      hashes[(int) index] = hash;
      terms[(int) index] = term;
    }

    /** Whether the append that is being handled has an entry of another term there. */
    boolean conflictsAt(long index) {
      AppendEntries handled = append;
      if (handled == null) {
        return false;
      }
      long offset = index - handled.slice().previous().index() - 1;
      return offset >= 0
          && offset < handled.slice().entries().size()
          && handled.slice().entries().get((int) offset).term() != terms[(int) index];
    }
  }

  private final Simulation simulation;
  private final Invariants invariants;
  private final CommitChecks commits;
  private final StateChecks states;
  private final BoundChecks bounds;
  private final Watched[] watched;
  private final Map<Long, long[]> hashesByTerm = new HashMap<>();

  LogChecks(
      Simulation simulation,
      Invariants invariants,
      CommitChecks commits,
      StateChecks states,
      BoundChecks bounds) {
    this.simulation = simulation;
    this.invariants = invariants;
    this.commits = commits;
    this.states = states;
    this.bounds = bounds;
    this.watched = new Watched[simulation.configuration().voters().size()];
  }

  // --- lives

  void started(SimulatedNode node) {
    watched[node.index()] = new Watched();
  }

  /** What the node makes of its journal is what was durable when it crashed. */
  void recovered(SimulatedNode node) {
    if (node.isDamaged()) {
      return; // it must have failed, which is looked at elsewhere
    }
    Watched w = watched[node.index()];
    NodeState state = node.state();
    RaftLog log = state.log();
    SimulatedDisk disk = node.disk();
    invariants.check(
        log.lastIndex() == disk.lastIndex()
            && log.lastHash() == disk.lastHash()
            && state.hardState().equals(disk.hardState()),
        "recovery is the fold of what is durable",
        node,
        () ->
            "recovered "
                + state.hardState()
                + " "
                + log
                + ", on disk "
                + disk.hardState()
                + " to "
                + disk.lastIndex());
    w.set(log.base().index(), log.base().term(), log.hashAt(log.base().index()));
    for (long i = log.firstIndex(); i <= log.lastIndex(); i++) {
      w.set(i, log.termAt(i), log.hashAt(i));
    }
    w.lastIndex = log.lastIndex();
    w.lastHash = log.lastHash();
    w.commitIndex = state.commitIndex();
    w.snapshotIndex = state.snapshotIndex();
    checkContinuity(node, state);
  }

  // --- after every event

  void look(SimulatedNode node) {
    Watched w = watched[node.index()];
    NodeState state = node.state();
    RaftLog log = state.log();
    boolean changed = log.lastIndex() != w.lastIndex || log.lastHash() != w.lastHash;
    if (changed) {
      logChanged(node, w, state);
    }
    if (state.commitIndex() != w.commitIndex) {
      commits.changed(node, w.commitIndex, state);
      w.commitIndex = state.commitIndex();
    }
    w.term = state.term();
    w.wasLeader = node.isLeader();
    boolean snapshotChanged = state.snapshotIndex() != w.snapshotIndex;
    if (snapshotChanged) {
      snapshotChanged(node, w, state);
    }
    if (changed || snapshotChanged) {
      checkContinuity(node, state);
    }
    long applied = states.appliedIndex(node);
    invariants.check(
        applied <= state.commitIndex()
            && state.commitIndex() <= log.lastIndex()
            && log.base().index() <= state.snapshotIndex()
            && state.snapshotIndex() <= state.commitIndex(),
        "I8 snapshot <= applied <= commit <= last",
        node,
        () -> "applied " + applied + ", snapshot " + state.snapshotIndex());
  }

  private void logChanged(SimulatedNode node, Watched w, NodeState state) {
    RaftLog log = state.log();
    long base = log.base().index();
    long same = lastSame(w, log);
    boolean startedAnew = base > w.lastIndex || log.hashAt(base) != w.hashes[(int) base];
    invariants.check(
        !(w.wasLeader && w.term == state.term() && (same < w.lastIndex || startedAnew)),
        "I2 a leader only appends",
        node,
        () -> "kept up to " + same + " of " + w.lastIndex);
    if (same < w.lastIndex && !startedAnew) {
      truncated(node, w, same);
    }
    w.set(base, log.base().term(), log.hashAt(base));
    for (long i = Math.max(same, base) + 1; i <= log.lastIndex(); i++) {
      LogEntry entry = log.entry(i);
      w.set(i, entry.term(), entry.hash());
      checkMatching(node, entry);
    }
    w.lastIndex = log.lastIndex();
    w.lastHash = log.lastHash();
    bounds.logChanged(node, state);
  }

  /** Up to where the log is as it was; its base at the least, unless it was shorter. */
  private static long lastSame(Watched w, RaftLog log) {
    long same = Math.min(log.lastIndex(), w.lastIndex);
    while (same > log.base().index() && log.hashAt(same) != w.hashes[(int) same]) {
      same--;
    }
    return same;
  }

  private void truncated(SimulatedNode node, Watched w, long same) {
    simulation.counters().add(Counters.Kind.TRUNCATION);
    invariants.check(
        same >= w.commitIndex,
        "I15 nothing committed is truncated",
        node,
        () -> "cut to " + same + ", committed was " + w.commitIndex);
    invariants.check(
        w.conflictsAt(same + 1),
        "I15 only a conflict of terms truncates",
        node,
        () -> "cut to " + same + " of " + w.lastIndex + " by " + w.append);
  }

  /** A term has one log, however far each member has it. */
  private void checkMatching(SimulatedNode node, LogEntry entry) {
    long[] hashes = hashesByTerm.computeIfAbsent(entry.term(), term -> new long[64]);
    if (entry.index() >= hashes.length) {
      hashes = Arrays.copyOf(hashes, (int) Math.max(entry.index() + 1, hashes.length * 2L));
      hashesByTerm.put(entry.term(), hashes);
    }
    long known = hashes[(int) entry.index()];
    invariants.check(
        known == 0 || known == entry.hash(), "I3 log matching", node, () -> entry.toString());
    hashes[(int) entry.index()] = entry.hash();
  }

  // --- snapshots

  private void snapshotChanged(SimulatedNode node, Watched w, NodeState state) {
    SnapshotDescriptor snapshot = state.snapshot();
    invariants.check(
        snapshot != null && snapshot.index() > w.snapshotIndex,
        "I27 a newer snapshot takes the place of an older one",
        node,
        () -> w.snapshotIndex + " -> " + snapshot);
    invariants.check(
        snapshot != null && commits.covers(snapshot),
        "I27 a snapshot covers what is committed",
        node,
        () -> String.valueOf(snapshot));
    w.snapshotIndex = state.snapshotIndex();
  }

  /** No hole between the snapshot and the log, and where they overlap they say the same. */
  private void checkContinuity(SimulatedNode node, NodeState state) {
    RaftLog log = state.log();
    SnapshotDescriptor snapshot = state.snapshot();
    long index = state.snapshotIndex();
    boolean meets = log.base().index() <= index && index <= log.lastIndex();
    invariants.check(
        meets
            && (snapshot == null
                || (log.termAt(index) == snapshot.position().term()
                    && log.hashAt(index) == snapshot.chainHash())),
        "I27 the log goes on where the snapshot ends",
        node,
        () -> snapshot + " below " + log);
    invariants.check(
        state.configuration().equals(simulation.configuration())
            && (snapshot == null || snapshot.configuration().equals(simulation.configuration())),
        "I24 the members are those of snapshot and log",
        node,
        () -> state.configuration() + ", in the snapshot " + snapshot);
  }

  /** A batch reaches the disk. */
  void stores(SimulatedNode node, LogBatch batch) {
    SnapshotDescriptor snapshot = batch.snapshot();
    if (snapshot == null) {
      return;
    }
    simulation.counters().add(Counters.Kind.SNAPSHOT_INSTALLED);
    invariants.check(
        snapshot.index() > node.disk().snapshotIndex() && commits.covers(snapshot),
        "I27 a snapshot on disk is newer than the one before",
        node,
        () -> node.disk().snapshotIndex() + " -> " + snapshot);
  }

  // --- messages

  void arrives(SimulatedNode node, Envelope envelope) {
    Watched w = watched[node.index()];
    w.commitBefore = node.state().commitIndex();
    w.append = envelope.message() instanceof AppendEntries append ? append : null;
  }

  void handled(SimulatedNode node, Envelope envelope) {
    Watched w = watched[node.index()];
    long commit = node.state().commitIndex();
    if (commit > w.commitBefore && node.kind() == RaftStatus.Role.FOLLOWER) {
      PeerMessage message = envelope.message();
      long bound =
          message instanceof AppendEntries append
              ? Math.min(append.commitIndex(), append.slice().lastIndex())
              : message instanceof Heartbeat heartbeat ? heartbeat.commitIndex() : Long.MAX_VALUE;
      invariants.check(
          commit <= bound,
          "I8 a follower commits what its leader's message validates",
          node,
          () -> "");
    }
    look(node);
    w.append = null;
  }
}

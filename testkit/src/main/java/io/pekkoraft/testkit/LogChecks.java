package io.pekkoraft.testkit;

import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.ChainHash;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.HeartbeatReply;
import io.pekkoraft.message.PeerMessage.InstallSnapshotReply;
import io.pekkoraft.state.NodeState;
import io.pekkoraft.state.RaftLog;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Logs, commits and what is applied: I2 to I8, I13 to I16, I27, I31. Rests on the chain hash: two
 * logs with the same hash at an index are equal up to there, so that each check costs no more than
 * what has changed.
 */
final class LogChecks {

  /** The log of one member as it was after its last event, and how far it has applied. */
  private static final class Watched {
    long[] hashes = new long[64];
    long lastIndex;
    long lastHash = ChainHash.EMPTY;
    long commitIndex;
    long term;
    boolean wasLeader;
    long appliedIndex;
    long snapshotIndex;
    long commitBefore;
    // the appends handled last, so that an acknowledgement can be held against its request
    final long[] appendKeys = new long[128];
    final long[] appendEnds = new long[128];
    int appends;

    void set(long index, long hash) {
      if (index >= hashes.length) {
        hashes = Arrays.copyOf(hashes, (int) Math.max(index + 1, hashes.length * 2L));
      }
      hashes[(int) index] = hash;
    }
  }

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
  private final StateChecks states;
  private final Watched[] watched;
  private final List<Committed> history = new ArrayList<>();
  private final Map<Long, long[]> hashesByTerm = new HashMap<>();

  LogChecks(Simulation simulation, Invariants invariants, ClientChecks clients) {
    this.simulation = simulation;
    this.invariants = invariants;
    this.clients = clients;
    this.states = new StateChecks(simulation, invariants);
    this.watched = new Watched[simulation.configuration().voters().size()];
  }

  StateChecks states() {
    return states;
  }

  /** How much is committed in truth. */
  long committedIndex() {
    return history.size();
  }

  private Committed committed(long index) {
    return history.get((int) (index - 1));
  }

  private long committedHash(long index) {
    return index == 0 ? ChainHash.EMPTY : committed(index).entry.hash();
  }

  // --- lives

  void started(SimulatedNode node) {
    watched[node.index()] = new Watched();
  }

  /** What the node makes of its journal is what was durable when it crashed. */
  void recovered(SimulatedNode node) {
    Watched w = watched[node.index()];
    NodeState state = node.state();
    if (node.isDamaged()) {
      return; // it must have failed, which is looked at elsewhere
    }
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
    w.set(log.base().index(), log.hashAt(log.base().index()));
    for (long i = log.firstIndex(); i <= log.lastIndex(); i++) {
      w.set(i, log.hashAt(i));
    }
    w.lastIndex = log.lastIndex();
    w.lastHash = log.lastHash();
    w.commitIndex = state.commitIndex();
    w.snapshotIndex = state.snapshotIndex();
  }

  // --- after every event

  void look(SimulatedNode node) {
    Watched w = watched[node.index()];
    NodeState state = node.state();
    RaftLog log = state.log();
    if (log.lastIndex() != w.lastIndex || log.lastHash() != w.lastHash) {
      logChanged(node, w, state);
    }
    if (state.commitIndex() != w.commitIndex) {
      commitChanged(node, w, state);
    }
    w.term = state.term();
    w.wasLeader = node.isLeader();
    if (state.snapshotIndex() != w.snapshotIndex) {
      snapshotChanged(node, w, state);
    }
    invariants.check(
        w.appliedIndex <= state.commitIndex()
            && state.commitIndex() <= log.lastIndex()
            && log.base().index() <= state.snapshotIndex(),
        "I8 snapshot <= applied <= commit <= last",
        node,
        () -> "applied " + w.appliedIndex + ", snapshot " + state.snapshotIndex());
  }

  private void logChanged(SimulatedNode node, Watched w, NodeState state) {
    RaftLog log = state.log();
    long base = log.base().index();
    long same = lastSame(w, log);
    boolean startedAnew = base > w.lastIndex || log.hashAt(base) != w.hashes[(int) base];
    if (same < w.lastIndex && !startedAnew) {
      simulation.counters().add(Counters.Kind.TRUNCATION);
      invariants.check(
          same >= w.commitIndex,
          "I15 nothing committed is truncated",
          node,
          () -> "cut to " + same + ", committed was " + w.commitIndex);
    }
    invariants.check(
        !(w.wasLeader && w.term == state.term() && (same < w.lastIndex || startedAnew)),
        "I2 a leader only appends",
        node,
        () -> "kept up to " + same + " of " + w.lastIndex);
    w.set(base, log.hashAt(base));
    for (long i = Math.max(same, base) + 1; i <= log.lastIndex(); i++) {
      LogEntry entry = log.entry(i);
      w.set(i, entry.hash());
      checkMatching(node, entry);
    }
    w.lastIndex = log.lastIndex();
    w.lastHash = log.lastHash();
    checkBounds(node, state);
  }

  /** Up to where the log is as it was; its base at the least, unless it was shorter. */
  private static long lastSame(Watched w, RaftLog log) {
    long same = Math.min(log.lastIndex(), w.lastIndex);
    while (same > log.base().index() && log.hashAt(same) != w.hashes[(int) same]) {
      same--;
    }
    return same;
  }

  /** I3: a term has one log, however far each member has it. */
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

  private void checkBounds(SimulatedNode node, NodeState state) {
    if (!node.isLeader()) {
      return;
    }
    long bytes = uncommittedBytes(state);
    invariants.check(
        bytes <= simulation.settings().maxUncommittedBytes(),
        "I31 what waits to be committed is bounded",
        node,
        () -> bytes + " B");
  }

  /** Of entries of the own term; how much is inherited, others have bounded. */
  private static long uncommittedBytes(NodeState state) {
    RaftLog log = state.log();
    long bytes = 0;
    for (long i = log.lastIndex(); i > state.commitIndex(); i--) {
      LogEntry entry = log.entry(i);
      if (entry.term() != state.term()) {
        break;
      }
      bytes += entry.payload().length;
    }
    return bytes;
  }

  private void commitChanged(SimulatedNode node, Watched w, NodeState state) {
    long commit = state.commitIndex();
    invariants.check(
        commit > w.commitIndex, "I8 commit never falls", node, () -> "it was " + w.commitIndex);
    long hash = state.log().hashAt(commit);
    if (commit > committedIndex()) {
      commitNews(node, state, commit, hash);
    } else {
      invariants.check(
          hash == committedHash(commit),
          "I6 what is committed is the same everywhere",
          node,
          () -> "at " + commit + " it has " + state.log().termAt(commit));
    }
    w.commitIndex = commit;
  }

  private void commitNews(SimulatedNode node, NodeState state, long commit, long hash) {
    invariants.check(
        node.isLeader() && state.log().termAt(commit) == state.term(),
        "I7 a leader commits first, and entries of its own term",
        node,
        () -> "commit " + committedIndex() + " -> " + commit);
    int holding = holders(commit, hash);
    invariants.check(
        holding >= simulation.configuration().quorum(),
        "I7 a majority holds on disk what is committed",
        node,
        () -> "entry " + commit + " is on " + holding);
    for (long i = committedIndex() + 1; i <= commit; i++) {
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

  private void snapshotChanged(SimulatedNode node, Watched w, NodeState state) {
    SnapshotDescriptor snapshot = state.snapshot();
    invariants.check(
        snapshot != null
            && snapshot.index() > w.snapshotIndex
            && snapshot.index() <= committedIndex()
            && snapshot.chainHash() == committedHash(snapshot.index()),
        "I27 a snapshot covers what is committed",
        node,
        () -> w.snapshotIndex + " -> " + snapshot);
    w.snapshotIndex = state.snapshotIndex();
  }

  // --- leaders

  void elected(SimulatedNode node) {
    if (invariants.lies(node)) {
      return;
    }
    RaftLog log = node.state().log();
    long committed = committedBefore(node.state().term());
    boolean complete =
        committed <= log.base().index()
            || (committed <= log.lastIndex() && log.hashAt(committed) == committedHash(committed));
    invariants.check(
        complete, "I4 a leader has all that is committed", node, () -> "committed is " + committed);
  }

  /**
   * How far leaders of older terms have committed; one of a newer term may be ahead of a late one.
   */
  private long committedBefore(long term) {
    long index = committedIndex();
    while (index > 0 && committed(index).leaderTerm >= term) {
      index--;
    }
    return index;
  }

  // --- messages

  void arrives(SimulatedNode node, Envelope envelope) {
    Watched w = watched[node.index()];
    w.commitBefore = node.state().commitIndex();
    if (envelope.message() instanceof AppendEntries append) {
      int slot = w.appends++ & 127;
      w.appendKeys[slot] =
          key(append.term(), append.sentNanos(), append.slice().previous().index());
      w.appendEnds[slot] = append.slice().lastIndex();
    }
  }

  private static long key(long term, long sentNanos, long previous) {
    return (sentNanos * 31 + previous) * 31 + term;
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
  }

  void leaves(SimulatedNode node, Envelope envelope) {
    PeerMessage message = envelope.message();
    if (message instanceof AppendReply reply) {
      if (reply.success()) {
        checkAcknowledged(node, reply.index(), reply.term(), message);
        checkBoundedByRequest(node, reply);
      } else {
        simulation.counters().add(Counters.Kind.CONFLICT);
      }
    } else if (message instanceof HeartbeatReply reply && reply.matchIndex() > 0) {
      checkAcknowledged(node, reply.matchIndex(), reply.term(), message);
    } else if (message instanceof InstallSnapshotReply reply && reply.done()) {
      checkAcknowledged(node, reply.snapshotIndex(), reply.term(), message);
    }
  }

  /** I13: on its own disk, and the same as in its leader's log. */
  private void checkAcknowledged(SimulatedNode node, long index, long term, PeerMessage message) {
    RaftLog log = node.state().log();
    long hash = log.reaches(index) ? log.hashAt(index) : committedHash(index);
    boolean durable = node.disk().holds(index, hash) || node.disk().snapshotIndex() >= index;
    invariants.check(
        durable && node.disk().hardState().term() >= term,
        "I13 what is acknowledged is durable",
        node,
        () ->
            node.disk().hardState()
                + " to "
                + node.disk().lastIndex()
                + " is on disk of "
                + message);
    for (SimulatedNode other : simulation.nodes()) {
      if (other.isLeader() && other.state().term() == term) {
        RaftLog leading = other.state().log();
        invariants.check(
            !leading.reaches(index)
                || !log.reaches(index)
                || leading.hashAt(index) == log.hashAt(index),
            "I13 what is acknowledged is the leader's",
            node,
            () -> "to " + other + " leaves " + message);
      }
    }
  }

  private void checkBoundedByRequest(SimulatedNode node, AppendReply reply) {
    long end = endOfRequest(watched[node.index()], reply);
    invariants.check(
        end < 0 || reply.index() <= end,
        "I14 an acknowledgement goes no further than its request",
        node,
        () -> reply + " answers an append up to " + end);
  }

  /** How far the append went that is answered; negative if it was handled too long ago. */
  private static long endOfRequest(Watched w, AppendReply reply) {
    long key = key(reply.term(), reply.sentNanos(), reply.previousIndex());
    long end = -1;
    for (int i = w.appends - 1; i >= Math.max(0, w.appends - 128); i--) {
      if (w.appendKeys[i & 127] == key) {
        end = Math.max(end, w.appendEnds[i & 127]);
      }
    }
    return end;
  }

  // --- the disk and the state machine

  void stores(SimulatedNode node, LogBatch batch) {
    SnapshotDescriptor snapshot = batch.snapshot();
    if (snapshot == null) {
      return;
    }
    simulation.counters().add(Counters.Kind.SNAPSHOT_INSTALLED);
    invariants.check(
        snapshot.index() > node.disk().snapshotIndex()
            && snapshot.chainHash() == committedHash(snapshot.index()),
        "I27 a snapshot on disk is newer than the one before",
        node,
        () -> node.disk().snapshotIndex() + " -> " + snapshot);
  }

  void applied(SimulatedNode node, LogEntry entry, byte[] result, SimulatedState state) {
    Watched w = watched[node.index()];
    invariants.check(
        entry.index() == w.appliedIndex + 1,
        "I16 entries are applied in order, once",
        node,
        () -> entry + " after " + w.appliedIndex);
    invariants.check(
        entry.index() <= committedIndex() && entry.hash() == committedHash(entry.index()),
        "I5 what is applied is committed",
        node,
        () -> entry.toString());
    w.appliedIndex = entry.index();
    states.applied(node, entry, result, state);
  }

  void restored(SimulatedNode node, SnapshotDescriptor snapshot, SimulatedState state) {
    Watched w = watched[node.index()];
    invariants.check(
        snapshot.index() >= w.appliedIndex,
        "I16 a state machine never goes back",
        node,
        () -> w.appliedIndex + " -> " + snapshot);
    w.appliedIndex = snapshot.index();
    states.restored(node, snapshot, state);
  }

  long appliedIndex(SimulatedNode node) {
    return watched[node.index()].appliedIndex;
  }
}

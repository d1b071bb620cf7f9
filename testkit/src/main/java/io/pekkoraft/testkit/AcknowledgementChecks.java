package io.pekkoraft.testkit;

import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.HeartbeatReply;
import io.pekkoraft.message.PeerMessage.InstallSnapshotReply;
import io.pekkoraft.state.RaftLog;

/** What followers acknowledge: I13, I14. */
final class AcknowledgementChecks {
  private static final int REMEMBERED = 128;

  /**
   * The appends that one member handled last, so that an answer can be held against its request.
   */
  private static final class Appends {
    private final long[] keys = new long[REMEMBERED];
    private final long[] ends = new long[REMEMBERED];
    private int count;

    void add(AppendEntries append) {
      int slot = count++ % REMEMBERED;
      keys[slot] = key(append.term(), append.sentNanos(), append.slice().previous().index());
      ends[slot] = append.slice().lastIndex();
    }

    /** How far the append went that is answered; negative if it was handled too long ago. */
    long endOfRequest(AppendReply reply) {
      long key = key(reply.term(), reply.sentNanos(), reply.previousIndex());
      long end = -1;
      for (int i = count - 1; i >= Math.max(0, count - REMEMBERED); i--) {
        if (keys[i % REMEMBERED] == key) {
          end = Math.max(end, ends[i % REMEMBERED]);
        }
      }
      return end;
    }

    private static long key(long term, long sentNanos, long previous) {
      return (sentNanos * 31 + previous) * 31 + term;
    }
  }

  private final Simulation simulation;
  private final Invariants invariants;
  private final CommitChecks commits;
  private final Appends[] handled;

  AcknowledgementChecks(Simulation simulation, Invariants invariants, CommitChecks commits) {
    this.simulation = simulation;
    this.invariants = invariants;
    this.commits = commits;
    this.handled = new Appends[simulation.configuration().voters().size()];
  }

  void started(SimulatedNode node) {
    handled[node.index()] = new Appends();
  }

  void arrives(SimulatedNode node, PeerMessage message) {
    if (message instanceof AppendEntries append) {
      handled[node.index()].add(append);
    }
  }

  void leaves(SimulatedNode node, PeerMessage message) {
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

  /** On its own disk, and the same as in its leader's log. */
  private void checkAcknowledged(SimulatedNode node, long index, long term, PeerMessage message) {
    RaftLog log = node.state().log();
    SimulatedDisk disk = node.disk();
    long hash = log.reaches(index) ? log.hashAt(index) : commits.hashAt(index);
    boolean durable = disk.holds(index, hash) || disk.snapshotIndex() >= index;
    invariants.check(
        durable && disk.hardState().term() >= term,
        "I13 what is acknowledged is durable",
        node,
        () -> disk.hardState() + " to " + disk.lastIndex() + " is on disk of " + message);
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
    long end = handled[node.index()].endOfRequest(reply);
    invariants.check(
        end < 0 || reply.index() <= end,
        "I14 an acknowledgement goes no further than its request",
        node,
        () -> reply + " answers an append up to " + end);
  }
}

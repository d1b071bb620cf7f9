package io.pekkoraft.testkit;

import io.pekkoraft.log.LogEntry;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.HeartbeatReply;
import io.pekkoraft.message.PeerMessage.InstallSnapshot;
import io.pekkoraft.message.PeerMessage.InstallSnapshotReply;
import io.pekkoraft.role.NodeSettings;
import io.pekkoraft.state.NodeState;
import io.pekkoraft.state.RaftLog;
import java.util.ArrayDeque;
import java.util.Deque;

/** What is kept and what is under way has a bound: I31. */
final class BoundChecks {

  /** The ends of the appends that a leader has sent to one follower ahead of their answers. */
  private static final class Window {
    private final Deque<Long> ends = new ArrayDeque<>();
    private long term;
    private long acknowledged;

    int sent(AppendEntries append) {
      if (term != append.term()) {
        term = append.term();
        acknowledged = 0;
        ends.clear();
      }
      boolean goesBack = !ends.isEmpty() && append.slice().previous().index() < ends.peekLast();
      boolean empty = append.slice().entries().isEmpty();
      if (goesBack || empty) {
        ends.clear(); // a probe, which takes the place of all that was under way
      }
      if (!empty) {
        ends.addLast(append.slice().lastIndex());
      }
      return waiting();
    }

    /** A new life that acknowledges is probed first: then what is sent is acknowledged already. */
    private int waiting() {
      while (!ends.isEmpty() && ends.peekFirst() <= acknowledged) {
        ends.removeFirst();
      }
      return ends.size();
    }

    void acknowledged(long answeredTerm, long index) {
      if (answeredTerm == term) {
        acknowledged = Math.max(acknowledged, index);
      }
    }
  }

  private final Simulation simulation;
  private final Invariants invariants;
  private final Window[][] windows;

  BoundChecks(Simulation simulation, Invariants invariants) {
    this.simulation = simulation;
    this.invariants = invariants;
    int size = simulation.configuration().voters().size();
    this.windows = new Window[size][size];
  }

  void started(SimulatedNode node) {
    for (int follower = 0; follower < windows.length; follower++) {
      windows[node.index()][follower] = new Window();
    }
  }

  // --- what a leader keeps

  void logChanged(SimulatedNode node, NodeState state) {
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

  // --- what is under way

  /** Of a message that its receiver will let in. */
  void arrives(SimulatedNode node, SimulatedNode from, PeerMessage message) {
    Window window = windows[node.index()][from.index()];
    if (message instanceof AppendReply reply && reply.success()) {
      window.acknowledged(reply.term(), reply.index());
    } else if (message instanceof HeartbeatReply reply) {
      window.acknowledged(reply.term(), reply.matchIndex());
    } else if (message instanceof InstallSnapshotReply reply && reply.done()) {
      window.acknowledged(reply.term(), reply.snapshotIndex());
    }
  }

  void leaves(SimulatedNode node, Envelope envelope) {
    NodeSettings settings = simulation.settings();
    PeerMessage message = envelope.message();
    SimulatedNode to = simulation.member(envelope.header().to());
    if (message instanceof AppendEntries append && to != null) {
      int inFlight = windows[node.index()][to.index()].sent(append);
      invariants.check(
          inFlight <= settings.maxInflightAppends(),
          "I31 appends that wait for an answer are bounded",
          node,
          () -> inFlight + " to " + to.id());
      invariants.check(
          isSmall(append, settings),
          "I31 an append is bounded",
          node,
          () -> append.slice().toString());
    } else if (message instanceof InstallSnapshot install) {
      invariants.check(
          install.bytes().length() <= settings.snapshotPartBytes(),
          "I31 a part of a snapshot is bounded",
          node,
          () -> install.bytes().length() + " B");
    }
  }

  /** One entry may be as large as it is. */
  private static boolean isSmall(AppendEntries append, NodeSettings settings) {
    int entries = append.slice().entries().size();
    if (entries <= 1) {
      return true;
    }
    long bytes = 0;
    for (LogEntry entry : append.slice().entries()) {
      bytes += entry.payload().length;
    }
    return entries <= settings.maxAppendEntries() && bytes <= settings.maxAppendBytes();
  }
}

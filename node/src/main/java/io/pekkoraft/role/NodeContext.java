package io.pekkoraft.role;

import io.pekkoraft.log.HardState;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.ClientRequest;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.ForwardProposal;
import io.pekkoraft.state.NodeState;
import io.pekkoraft.state.RaftEvent;
import java.util.random.RandomGenerator;

/**
 * All that a role may ask of the world. What a handler asks for happens after it has returned, all
 * of it, or nothing if it throws.
 */
public interface NodeContext {

  NodeId self();

  NodeSettings settings();

  /** Changed only by {@link #record} and {@link #commitTo}. */
  NodeState state();

  /** To the journal, and at once into {@link #state} through the one fold. */
  void record(RaftEvent event);

  /** What a crash now would leave of term and vote. */
  HardState durableHardState();

  /** What a crash now would leave of the log, as far as it is still this log. */
  long durableIndex();

  /**
   * To another member, in this life's name. A message that promises waits until all that is
   * recorded so far is durable; it is dropped if a new term or a truncation makes it obsolete
   * first.
   */
  void send(NodeId to, PeerMessage message);

  /** Who sent the message that is being handled. */
  NodeId sender();

  void arm(Timeout timer, long afterNanos);

  void cancel(Timeout timer);

  /**
   * Read before every decision that depends on time: the process may have been paused since the
   * last one.
   */
  long monotonicNanos();

  RandomGenerator random();

  /** A number, above 0, that no earlier round or transfer of this life had. */
  long nextRound();

  /** The newest accepted contact of a leader. */
  LeaderContact contact();

  /**
   * Raises the commit index and hands what is newly committed to the state machine, with the
   * requests that wait for it.
   */
  void commitTo(long index);

  /**
   * Puts a received snapshot, whose file is durable, in the place of the log and of the state
   * machine's state.
   */
  void install(SnapshotDescriptor snapshot);

  /** The clients' requests that this node has appended or forwarded. */
  PendingRequests requests();

  /** What waits while leadership is handed over. */
  HandOver handOver();

  /** Notes a forwarded request. True if it was here before: then it must be dropped. */
  boolean isDuplicate(ForwardProposal forward);

  /** The request of a client that {@link #sender} forwarded; its outcome goes back there. */
  ClientRequest requestOf(ForwardProposal forward);

  /** The state machine, the snapshots and how far they are. */
  SnapshotKeeper snapshots();

  NodeObserver observer();

  /** Outside of roles: what the node stands on. */
  NodePorts ports();
}

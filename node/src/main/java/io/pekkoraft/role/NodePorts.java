package io.pekkoraft.role;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.Bytes;
import io.pekkoraft.message.ClientRequest;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.NodeCommand.Timeout;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a node stands on: the outside world, bound to actors in production and to virtual time in
 * simulations. Called from the node's own actor; no method blocks; answers come back as {@link
 * NodeCommand}s.
 */
public interface NodePorts {

  /**
   * Sends to another member; at most once, in order at best. An unreachable or unknown receiver is
   * loss. May be called from any thread: the state machine's actor answers forwarded requests.
   */
  void transmit(Envelope envelope);

  /**
   * Starts to make a batch durable; answered by {@code Persisted} or {@code StorageFailed}. One at
   * a time.
   */
  void write(long ticket, LogBatch batch);

  /**
   * Keeps the descriptor of a durable snapshot and drops batches and snapshot files that it makes
   * needless. Best effort.
   */
  void compact(SnapshotDescriptor snapshot);

  /** Schedules the timer's message to this node, in place of an earlier one of the same timer. */
  void arm(Timeout timer, long afterNanos);

  void cancel(Timeout timer);

  /**
   * A clock that never goes back and goes on while the process is paused. Its zero means nothing.
   */
  long monotonicNanos();

  RandomGenerator random();

  /**
   * Hands committed entries to the state machine; answered by {@code Applied} or {@code
   * StateMachineFailed}. In the order of the calls, {@link #restore} and {@link #takeSnapshot}
   * included.
   *
   * @param requests per entry the request that waits for its result, or null; it is answered when
   *     the entry is applied
   */
  void apply(List<LogEntry> entries, List<@Nullable ClientRequest> requests);

  /**
   * Lets the state machine write its state to a file; answered by {@code SnapshotTaken} or {@code
   * SnapshotNotTaken}.
   */
  void takeSnapshot();

  /**
   * Puts the state of a local snapshot file in place of the state machine's; answered by {@code
   * Applied} or a failure.
   */
  void restore(SnapshotDescriptor snapshot);

  /**
   * Reads a part of a local snapshot file so that it can be sent; answered by {@code
   * SnapshotPartRead}, with no bytes if the file is no longer there.
   */
  void readSnapshotPart(NodeId follower, SnapshotDescriptor snapshot, long offset, int maxBytes);

  /**
   * Stores a received part. Parts of another content hash than the one before start a new file; a
   * part that does not continue what is there changes nothing. Answered by {@code
   * SnapshotPartStored}, after the last part only when all is verified and durable.
   */
  void storeSnapshotPart(SnapshotDescriptor snapshot, long offset, Bytes bytes);

  /**
   * This node leads from now on, for all to see; or, null, it leads no longer. Called before
   * anything leaves that could let another one be elected.
   */
  void leading(@Nullable Leadership leadership);

  /** Told of everything worth counting or logging. */
  NodeObserver observer();
}

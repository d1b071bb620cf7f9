package io.pekkoraft.testkit;

import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.Bytes;

/**
 * What a {@link NodeUnderTest} asked of its snapshot files. The test answers, if it likes, by
 * {@link NodeUnderTest#deliver} with the command that each names.
 */
public sealed interface Asked {

  /** Answered by {@code SnapshotTaken} or {@code SnapshotNotTaken}. */
  record TakeSnapshot() implements Asked {}

  /** The state machine takes the state of a snapshot; answered by {@code Applied}. */
  record Restore(SnapshotDescriptor snapshot) implements Asked {}

  /** The log below may go; not answered. */
  record Compact(SnapshotDescriptor snapshot) implements Asked {}

  /** Answered by {@code SnapshotPartRead}. */
  record ReadPart(NodeId follower, SnapshotDescriptor snapshot, long offset, int maxBytes)
      implements Asked {}

  /** Answered by {@code SnapshotPartStored}. */
  record StorePart(SnapshotDescriptor snapshot, long offset, Bytes bytes) implements Asked {}
}

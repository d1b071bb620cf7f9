package io.pekkoraft.state;

import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import java.util.List;

/** A fact about a node; {@link NodeState#apply} is the only way to change its state. */
public sealed interface RaftEvent {

  /** A newer term was seen or begun; nobody has this node's vote in it yet. */
  record TermAdvanced(long term) implements RaftEvent {}

  /** The vote of this term was given. */
  record VoteCast(long term, NodeId candidate) implements RaftEvent {}

  /** Entries were appended at the end of the log. */
  record EntriesAppended(List<LogEntry> entries) implements RaftEvent {}

  /** All entries from this index on conflicted with the leader's and were removed (Raft 5.3). */
  record LogTruncated(long fromIndex) implements RaftEvent {}

  /**
   * A leader's snapshot took the place of the whole log (Raft 7). A log that holds the snapshot's
   * last entry needs no installing: it has all that the snapshot covers.
   */
  record SnapshotInstalled(SnapshotDescriptor snapshot) implements RaftEvent {}

  /** The own state machine wrote a snapshot; entries before {@code firstIndex} were dropped. */
  record LogCompacted(SnapshotDescriptor snapshot, long firstIndex) implements RaftEvent {}
}

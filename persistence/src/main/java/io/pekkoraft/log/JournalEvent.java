package io.pekkoraft.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a node persists. Persisted events form the log: recovery is the fold over them. */
public sealed interface JournalEvent {

  /**
   * The first event of every journal: whose it is.
   *
   * @param group the group
   * @param node the member
   * @param nodeIncarnation the identity of the data directory that the member was admitted with
   * @param configuration the members that the group was formed with
   */
  record Founded(
      GroupIdentity group, NodeId node, long nodeIncarnation, Configuration configuration)
      implements JournalEvent {}

  /**
   * All that changed since the batch before, in the order: snapshot, truncation, entries.
   *
   * @param hardState restated in full, so that nothing before the newest batch is needed to know
   *     term and vote
   * @param snapshot a snapshot received from the leader with which the log starts anew, or null
   * @param truncateFrom first index to remove before appending; 0 for none
   * @param entries to append, contiguous
   */
  record LogBatch(
      HardState hardState,
      @Nullable SnapshotDescriptor snapshot,
      long truncateFrom,
      List<LogEntry> entries)
      implements JournalEvent {}
}

package io.pekkoraft.role;

import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.state.RaftEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects recorded events into one batch while the batch before is being written: writes batch by
 * themselves.
 */
final class BatchBuilder {
  /**
   * One persisted event stays so small that its copies in the journal cost little; a larger backlog
   * is several batches.
   */
  private static final long MAX_BYTES = 1024 * 1024;

  final long ticket;
  private final List<LogEntry> entries = new ArrayList<>();
  private HardState hardState;
  private @Nullable SnapshotDescriptor snapshot;
  private long truncateFrom;
  private long through;
  private long bytes;
  private boolean empty = true;

  BatchBuilder(long ticket, HardState hardState) {
    this.ticket = ticket;
    this.hardState = hardState;
  }

  /**
   * True if the event can follow, in one batch, what is there; a batch is replayed as snapshot,
   * truncation, entries.
   */
  boolean takes(RaftEvent event) {
    return empty
        || (event instanceof RaftEvent.EntriesAppended && bytes < MAX_BYTES)
        || event instanceof RaftEvent.LogTruncated
        || event instanceof RaftEvent.TermAdvanced
        || event instanceof RaftEvent.VoteCast;
  }

  /**
   * @param after the hard state after the event
   */
  void add(RaftEvent event, HardState after) {
    empty = false;
    hardState = after;
    if (event instanceof RaftEvent.EntriesAppended appended) {
      for (LogEntry entry : appended.entries()) {
        entries.add(entry);
        through = entry.index();
        bytes += entry.payload().length;
      }
    } else if (event instanceof RaftEvent.LogTruncated truncated) {
      truncate(truncated.fromIndex());
    } else if (event instanceof RaftEvent.SnapshotInstalled installed) {
      snapshot = installed.snapshot();
      through = installed.snapshot().index();
    }
  }

  private void truncate(long from) {
    while (!entries.isEmpty() && entries.get(entries.size() - 1).index() >= from) {
      bytes -= entries.remove(entries.size() - 1).payload().length;
    }
    if (entries.isEmpty()) {
      truncateFrom = truncateFrom == 0 ? from : Math.min(truncateFrom, from);
    }
  }

  /** What is above {@code index} was removed from the log, though this batch still writes it. */
  void removedAbove(long index) {
    through = Math.min(through, index);
  }

  /**
   * Up to where the log, as it is now, is durable once this batch is; 0 if it adds nothing to it.
   */
  long through() {
    return through;
  }

  LogBatch build() {
    return new LogBatch(hardState, snapshot, truncateFrom, entries);
  }
}

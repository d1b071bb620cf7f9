package io.pekkoraft.persistence;

import io.pekkoraft.log.JournalEvent.Founded;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.SnapshotDescriptor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a journal holds at start.
 *
 * @param founded whose journal it is
 * @param snapshot newest descriptor that {@link Journal#compact} kept, or null
 * @param batches all batches above it, oldest first; the first ones may reach below the snapshot
 * @param fresh true if the journal was empty and this start founded it
 */
public record RecoveredLog(
    Founded founded, @Nullable SnapshotDescriptor snapshot, List<LogBatch> batches, boolean fresh) {

  /** The snapshot that the state machine starts from: a later one than that kept was received. */
  public @Nullable SnapshotDescriptor newestSnapshot() {
    SnapshotDescriptor newest = snapshot;
    for (LogBatch batch : batches) {
      SnapshotDescriptor received = batch.snapshot();
      if (received != null && (newest == null || received.index() > newest.index())) {
        newest = received;
      }
    }
    return newest;
  }
}

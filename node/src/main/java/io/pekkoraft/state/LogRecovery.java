package io.pekkoraft.state;

import io.pekkoraft.log.ChainHash;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.persistence.RecoveredLog;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads from a journal the events that lead to where the node stopped: at most one term, one vote,
 * one snapshot and one run of entries, whatever was truncated or replaced on the way there.
 */
public final class LogRecovery {
  private final List<LogEntry> entries = new ArrayList<>();
  private HardState hardState = HardState.INITIAL;
  private @Nullable SnapshotDescriptor snapshot;

  private LogRecovery() {}

  /**
   * @return the state that all batches of {@code recovered} led to
   * @throws IllegalStateException if snapshot and entries do not join, or the chain hash is broken:
   *     the log is damaged
   */
  public static NodeState recover(RecoveredLog recovered) {
    LogRecovery recovery = new LogRecovery();
    recovery.snapshot = recovered.newestSnapshot();
    for (LogBatch batch : recovered.batches()) {
      recovery.add(batch);
    }
    return recovery.state(recovered);
  }

  private void add(LogBatch batch) {
    hardState = batch.hardState();
    if (batch.snapshot() != null) {
      entries.clear(); // as RaftEvent.SnapshotInstalled: the log starts anew
    }
    if (batch.truncateFrom() > 0) {
      removeFrom(batch.truncateFrom());
    }
    entries.addAll(batch.entries());
  }

  private void removeFrom(long index) {
    int size = entries.size();
    while (size > 0 && entries.get(size - 1).index() >= index) {
      size--;
    }
    entries.subList(size, entries.size()).clear();
  }

  private NodeState state(RecoveredLog recovered) {
    NodeState state = new NodeState(recovered.founded().configuration());
    if (hardState.term() > 0) {
      state.apply(new RaftEvent.TermAdvanced(hardState.term()));
    }
    NodeId votedFor = hardState.votedFor();
    if (votedFor != null) {
      state.apply(new RaftEvent.VoteCast(hardState.term(), votedFor));
    }
    LogPosition base = LogPosition.ZERO;
    long hash = ChainHash.EMPTY;
    if (snapshot != null) {
      SnapshotDescriptor newest = snapshot;
      state.apply(new RaftEvent.SnapshotInstalled(newest));
      entries.removeIf(entry -> entry.index() <= newest.index());
      base = newest.position();
      hash = newest.chainHash();
    }
    check(base, hash);
    state.apply(new RaftEvent.EntriesAppended(entries));
    return state;
  }

  private void check(LogPosition base, long baseHash) {
    long index = base.index();
    long hash = baseHash;
    for (LogEntry entry : entries) {
      if (entry.index() != index + 1) {
        throw new IllegalStateException(
            "the log has a hole: entry "
                + entry.index()
                + " follows "
                + index
                + "; this member needs readmission");
      }
      hash = ChainHash.of(hash, entry.index(), entry.term(), entry.kind(), entry.payload());
      if (hash != entry.hash()) {
        throw new IllegalStateException(
            "the log is damaged: the chain hash of entry "
                + entry
                + " is wrong; this member needs readmission");
      }
      index = entry.index();
    }
  }
}

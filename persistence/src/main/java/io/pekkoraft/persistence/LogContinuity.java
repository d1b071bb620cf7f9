package io.pekkoraft.persistence;

import io.pekkoraft.log.ChainHash;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.SnapshotDescriptor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows the log through the batches of a journal, and says so when an entry is missing, does not
 * continue the chain hash of the one before, or does not fit the snapshot.
 *
 * <p>The first batches may reach below the snapshot: what those entries stood on is deleted. The
 * log may also end below it, when the snapshot was durable sooner than the entries that it covers;
 * then the next entry is the one after the snapshot.
 */
final class LogContinuity {
  private @Nullable SnapshotDescriptor snapshot;

  /** The log, in the runs in which the batches hold it; none is empty. */
  private final List<List<LogEntry>> runs = new ArrayList<>();

  /** The newest entry; null if there is none. */
  private @Nullable LogEntry last;

  /**
   * @param snapshot from which recovery starts, or null
   */
  LogContinuity(@Nullable SnapshotDescriptor snapshot) {
    this.snapshot = snapshot;
  }

  /**
   * Takes the next batch.
   *
   * @return what is wrong with it, or null
   */
  @Nullable String add(LogBatch batch) {
    SnapshotDescriptor received = batch.snapshot();
    if (received != null) {
      clear();
      if (snapshot == null || received.index() >= snapshot.index()) {
        snapshot = received;
      }
    }
    long from = batch.truncateFrom();
    if (from > 0) {
      if (from > Math.max(lastIndex(), base().index()) + 1) {
        return "it truncates from " + from + " a log that ends at " + lastIndex();
      }
      truncate(from);
    }
    return append(batch.entries());
  }

  private void clear() {
    runs.clear();
    last = null;
  }

  private void truncate(long from) {
    while (!runs.isEmpty() && lastIndex() >= from) {
      List<LogEntry> run = runs.remove(runs.size() - 1);
      long kept = from - run.get(0).index();
      if (kept > 0) {
        run = run.subList(0, (int) kept);
        runs.add(run);
      } else if (runs.isEmpty()) {
        last = null;
        return;
      } else {
        run = runs.get(runs.size() - 1);
      }
      last = run.get(run.size() - 1);
    }
  }

  /**
   * Ends recovery.
   *
   * @return what is wrong with the whole, or null
   */
  @Nullable String complete() {
    LogPosition covered = base();
    LogEntry entry = entryAt(covered.index());
    return entry == null || (entry.position().equals(covered) && entry.hash() == baseHash())
        ? null
        : "its entry " + entry + " is not the one that its snapshot ends with, " + covered;
  }

  private @Nullable LogEntry entryAt(long index) {
    for (List<LogEntry> run : runs) {
      long at = index - run.get(0).index();
      if (at < run.size()) {
        return at < 0 ? null : run.get((int) at);
      }
    }
    return null;
  }

  private @Nullable String append(List<LogEntry> entries) {
    int from = 0;
    for (int i = 0; i < entries.size(); i++) {
      LogEntry entry = entries.get(i);
      long covered = base().index();
      if (entry.index() == covered + 1 && lastIndex() < covered) {
        clear();
        from = i;
      }
      boolean standsOnWhatIsDeleted = last == null && covered > 0 && entry.index() <= covered;
      String wrong = standsOnWhatIsDeleted ? null : wrongNext(entry);
      if (wrong != null) {
        return wrong;
      }
      last = entry;
    }
    if (from < entries.size()) {
      runs.add(entries.subList(from, entries.size()));
    }
    return null;
  }

  /** What is wrong with an entry if it comes next, or null. */
  private @Nullable String wrongNext(LogEntry entry) {
    LogEntry before = last;
    long index = before == null ? base().index() : before.index();
    long term = before == null ? base().term() : before.term();
    if (entry.index() != index + 1 || entry.term() < term) {
      return "entry " + entry + " cannot follow " + new LogPosition(term, index);
    }
    return entry.previousHash() == (before == null ? baseHash() : before.hash())
        ? null
        : "entry " + entry + " does not continue the log that ends with " + index + "@" + term;
  }

  private long lastIndex() {
    return last == null ? base().index() : last.index();
  }

  private LogPosition base() {
    return snapshot == null ? LogPosition.ZERO : snapshot.position();
  }

  private long baseHash() {
    return snapshot == null ? ChainHash.EMPTY : snapshot.chainHash();
  }
}

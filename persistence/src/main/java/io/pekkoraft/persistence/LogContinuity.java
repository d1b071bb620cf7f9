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
  private final List<LogEntry> log = new ArrayList<>();

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
      log.clear();
      if (snapshot == null || received.index() >= snapshot.index()) {
        snapshot = received;
      }
    }
    long from = batch.truncateFrom();
    if (from > 0) {
      if (from > Math.max(lastIndex(), base().index()) + 1) {
        return "it truncates from " + from + " a log that ends at " + lastIndex();
      }
      while (!log.isEmpty() && lastIndex() >= from) {
        log.remove(log.size() - 1);
      }
    }
    for (LogEntry entry : batch.entries()) {
      String wrong = append(entry);
      if (wrong != null) {
        return wrong;
      }
    }
    return null;
  }

  /**
   * Ends recovery.
   *
   * @return what is wrong with the whole, or null
   */
  @Nullable String complete() {
    LogPosition covered = base();
    if (log.isEmpty() || covered.index() < log.get(0).index() || covered.index() > lastIndex()) {
      return null;
    }
    LogEntry entry = log.get((int) (covered.index() - log.get(0).index()));
    return entry.position().equals(covered) && entry.hash() == baseHash()
        ? null
        : "its entry " + entry + " is not the one that its snapshot ends with, " + covered;
  }

  private @Nullable String append(LogEntry entry) {
    long covered = base().index();
    if (log.isEmpty() && entry.index() <= covered && covered > 0) {
      log.add(entry);
      return null;
    }
    if (entry.index() == covered + 1 && lastIndex() < covered) {
      log.clear();
    }
    LogPosition last = log.isEmpty() ? base() : log.get(log.size() - 1).position();
    if (entry.index() != last.index() + 1 || entry.term() < last.term()) {
      return "entry " + entry + " cannot follow " + last;
    }
    long hash = log.isEmpty() ? baseHash() : log.get(log.size() - 1).hash();
    if (entry.previousHash() != hash) {
      return "entry " + entry + " does not continue the log that ends with " + last;
    }
    log.add(entry);
    return null;
  }

  private long lastIndex() {
    return log.isEmpty() ? base().index() : log.get(log.size() - 1).index();
  }

  private LogPosition base() {
    return snapshot == null ? LogPosition.ZERO : snapshot.position();
  }

  private long baseHash() {
    return snapshot == null ? ChainHash.EMPTY : snapshot.chainHash();
  }
}

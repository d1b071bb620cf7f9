package io.pekkoraft.persistence;

import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.SnapshotDescriptor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/** Which batches the journal still holds, and up to where each needs the log to be kept. */
final class RetainedBatches {

  /** Up to {@code highestIndex} the log may rest on this batch or one before it. */
  private record Retained(long sequenceNr, long highestIndex) {}

  private final Deque<Retained> batches = new ArrayDeque<>();

  /** Notes a batch that is now the newest. */
  void add(long sequenceNr, LogBatch batch) {
    SnapshotDescriptor snapshot = batch.snapshot();
    if (snapshot != null) {
      // The log starts anew: nothing above it in earlier batches counts any more.
      clamp(snapshot.index());
    }
    if (batch.truncateFrom() > 0) {
      clamp(batch.truncateFrom() - 1);
    }
    long highest = batches.isEmpty() ? 0 : batches.getLast().highestIndex();
    highest = Math.max(highest, snapshot == null ? 0 : snapshot.index());
    List<LogEntry> entries = batch.entries();
    if (!entries.isEmpty()) {
      highest = Math.max(highest, entries.get(entries.size() - 1).index());
    }
    batches.addLast(new Retained(sequenceNr, highest));
  }

  /** Entries above {@code index} are gone from the log, so nobody rests on them. */
  private void clamp(long index) {
    Deque<Retained> clamped = new ArrayDeque<>();
    while (!batches.isEmpty() && batches.getLast().highestIndex() > index) {
      clamped.addFirst(new Retained(batches.removeLast().sequenceNr(), index));
    }
    batches.addAll(clamped);
  }

  /**
   * The last batch that a snapshot up to {@code index} replaces, with all before it. Never the
   * newest: it alone restates the hard state.
   *
   * @return its sequence number, or 0 if there is none
   */
  long lastReplacedBy(long index) {
    long found = 0;
    for (Iterator<Retained> it = batches.iterator(); it.hasNext(); ) {
      Retained batch = it.next();
      if (batch.highestIndex() > index || !it.hasNext()) {
        break;
      }
      found = batch.sequenceNr();
    }
    return found;
  }

  /** Forgets the batches up to this sequence number. */
  void dropThrough(long sequenceNr) {
    while (!batches.isEmpty() && batches.getFirst().sequenceNr() <= sequenceNr) {
      batches.removeFirst();
    }
  }
}

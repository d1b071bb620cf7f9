package io.pekkoraft.persistence.wal;

import java.util.HashSet;
import java.util.Set;

/** What the records of a log, taken in order, add up to. Used when a store is opened. */
final class LogFold {
  private final WalIndex index = new WalIndex();
  private final Set<Long> expectedSegments = new HashSet<>();
  private final boolean strict;
  private boolean marked;

  /**
   * @param strict whether an event whose number goes back is damage; otherwise it is passed over
   */
  LogFold(boolean strict) {
    this.strict = strict;
  }

  WalIndex index() {
    return index;
  }

  /** The segments that the log consists of, as it says itself; empty if it never said. */
  Set<Long> expectedSegments() {
    return expectedSegments;
  }

  /** Whether the last batch is a mark. */
  boolean isMarked() {
    return marked;
  }

  /** Takes a batch with no defect. */
  void apply(BatchHeader batch, byte[] bytes, int from, int to, String name) {
    begin(batch, true);
    for (int at = from; at < to; at += RecordFormat.length(bytes, at)) {
      int offset = batch.offset() + BatchHeader.BYTES + (at - from);
      applyRecord(bytes, at, batch.segment(), offset, name);
    }
  }

  /**
   * Begins a batch, whose records follow.
   *
   * @param whole whether its body is as written. Then an opening states all that is lost: what was
   *     taken back may have been so in a segment that is gone, while one that names it is there
   */
  void begin(BatchHeader batch, boolean whole) {
    if (batch.kind() == BatchHeader.OPENING) {
      expectedSegments.clear();
      if (whole) {
        index.forgetLost();
      }
    }
    marked = batch.kind() == BatchHeader.MARK;
  }

  void applyRecord(byte[] bytes, int at, long segment, int offset, String name) {
    long number = RecordFormat.sequenceNr(bytes, at);
    switch (RecordFormat.type(bytes, at)) {
      case RecordFormat.LIVE_SEGMENT -> expectedSegments.add(number);
      case RecordFormat.DROPPED_SEGMENT -> expectedSegments.remove(number);
      case RecordFormat.DELETION -> index.deleteTo(RecordFormat.persistenceId(bytes, at), number);
      case RecordFormat.CATALOGUE -> {
        String id = RecordFormat.persistenceId(bytes, at);
        index.raiseHighest(id, number);
        index.deleteTo(id, RecordFormat.second(bytes, at));
      }
      case RecordFormat.LOST ->
          index.lose(RecordFormat.persistenceId(bytes, at), number, RecordFormat.second(bytes, at));
      case RecordFormat.NOTHING_LOST_ABOVE ->
          index.nothingLostAbove(RecordFormat.persistenceId(bytes, at), number);
      default -> applyEvent(bytes, at, segment, offset, name);
    }
  }

  private void applyEvent(byte[] bytes, int at, long segment, int offset, String name) {
    String id = RecordFormat.persistenceId(bytes, at);
    long number = RecordFormat.sequenceNr(bytes, at);
    boolean copied = RecordFormat.type(bytes, at) == RecordFormat.COPIED_EVENT;
    if (!copied && number <= index.highest(id)) {
      if (!strict) {
        return;
      }
      throw new WalDamagedException(
          name, offset, "event " + number + " of [" + id + "] follows event " + index.highest(id));
    }
    if (number > index.deletedTo(id)) {
      int length = RecordFormat.length(bytes, at);
      if (copied) {
        index.putBack(id, number, segment, offset, length);
      } else {
        index.put(id, number, segment, offset, length);
      }
    }
  }
}

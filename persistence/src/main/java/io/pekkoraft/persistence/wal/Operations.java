package io.pekkoraft.persistence.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The operations on the log. */
final class Operations {
  private Operations() {}

  /**
   * The bytes of events that are written together.
   *
   * @throws IllegalArgumentException if they are too many
   */
  private static int encodedLength(List<EventRecord> events) {
    long sum = 0;
    for (EventRecord event : events) {
      sum += RecordFormat.encodedLength(event);
    }
    if (sum > EventRecord.MAX_ENCODED_BYTES) {
      throw new IllegalArgumentException(
          "a write of "
              + sum
              + " bytes is too large for the write-ahead log, which takes up to "
              + EventRecord.MAX_ENCODED_BYTES);
    }
    return (int) sum;
  }

  /** Writes events, all or none. */
  static final class Write implements Operation {
    private final List<EventRecord> events;
    private final int bytes;
    private final int[] offsets;
    private final Outcome outcome;
    private @Nullable WalException refusal;

    Write(List<EventRecord> events, Outcome outcome) {
      this.events = events;
      this.outcome = outcome;
      this.offsets = new int[events.size()];
      this.bytes = encodedLength(events);
    }

    @Override
    public int bytes() {
      return bytes;
    }

    @Override
    public boolean isRefusedWhenFull() {
      return true;
    }

    @Override
    public void compose(Composition batch) {
      refusal = duplicate(batch);
      if (refusal != null) {
        return;
      }
      for (int i = 0; i < offsets.length; i++) {
        EventRecord event = events.get(i);
        offsets[i] = batch.builder().add(event, RecordFormat.encodedLength(event));
        batch.take(event.persistenceId(), event.sequenceNr());
      }
    }

    /** Looks at all events before the first is added, as either all are written or none. */
    private @Nullable WalException duplicate(Composition batch) {
      String id = "";
      long highest = 0;
      for (EventRecord event : events) {
        if (!event.persistenceId().equals(id)) {
          id = event.persistenceId();
          highest = batch.highest(id);
          String lost = batch.index().lostAtEnd(id);
          if (lost != null) {
            return new EventsLostException(batch.directory(), id, lost);
          }
        }
        if (event.sequenceNr() <= highest) {
          return new DuplicateSequenceNumberException(id, event.sequenceNr(), highest);
        }
        highest = event.sequenceNr();
      }
      return null;
    }

    @Override
    public void apply(WalIndex index, long segment, int batchOffset) {
      if (refusal != null) {
        return;
      }
      for (int i = 0; i < offsets.length; i++) {
        EventRecord event = events.get(i);
        index.put(
            event.persistenceId(),
            event.sequenceNr(),
            segment,
            batchOffset + offsets[i],
            RecordFormat.encodedLength(event));
      }
    }

    int written() {
      return refusal == null ? offsets.length : 0;
    }

    @Override
    public void complete(@Nullable Throwable failure) {
      outcome.done(failure == null ? refusal : failure);
    }
  }

  /** Deletes the events of an id up to a sequence number. */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  record Delete(String persistenceId, byte[] id, long sequenceNr, Outcome outcome)
      implements Operation {

    static Delete of(String persistenceId, long sequenceNr, Outcome outcome) {
      byte[] id = persistenceId.getBytes(UTF_8);
      return new Delete(persistenceId, id, sequenceNr, outcome);
    }

    @Override
    public int bytes() {
      return RecordFormat.encodedLength(id);
    }

    @Override
    public void compose(Composition batch) {
      long to = Math.min(sequenceNr, batch.highest(persistenceId));
      if (to > batch.index().deletedTo(persistenceId)) {
        batch.builder().add(RecordFormat.DELETION, id, to, 0);
      }
    }

    @Override
    public void apply(WalIndex index, long segment, int batchOffset) {
      if (index.highest(persistenceId) > 0) {
        index.deleteTo(persistenceId, sequenceNr);
      }
    }

    @Override
    public void complete(@Nullable Throwable failure) {
      outcome.done(failure);
    }
  }

  /** States what a salvage found lost, and that segments which are not there are no part of it. */
  record Findings(Set<Long> missing, Outcome outcome) implements Operation {
    @Override
    public int bytes() {
      return 0;
    }

    @Override
    public void compose(Composition batch) {
      batch
          .index()
          .forEachLost(
              (id, from, to) ->
                  batch.builder().add(RecordFormat.LOST, id.getBytes(UTF_8), from, to));
      for (long segment : missing) {
        batch.builder().add(RecordFormat.DROPPED_SEGMENT, RecordFormat.NO_BYTES, segment, 0);
      }
    }

    @Override
    public void apply(WalIndex index, long segment, int batchOffset) {}

    @Override
    public void complete(@Nullable Throwable failure) {
      outcome.done(failure);
    }
  }

  /** Puts lost events back, all or none. */
  static final class Repair implements Operation {
    private final List<EventRecord> events;
    private final int bytes;
    private final int[] offsets;
    private final Outcome outcome;
    private @Nullable Throwable refusal;

    Repair(List<EventRecord> events, Outcome outcome) {
      // They count as written by whoever wrote the event before, or Pekko would see two writers.
      this.events = events.stream().map(event -> event.by(RecordFormat.NO_BYTES)).toList();
      this.bytes = encodedLength(this.events);
      this.offsets = new int[events.size()];
      this.outcome = outcome;
    }

    @Override
    public int bytes() {
      return bytes;
    }

    @Override
    public boolean isRefusedWhenFull() {
      return true;
    }

    @Override
    public void compose(Composition batch) {
      refusal = null;
      for (EventRecord event : events) {
        if (!batch.index().isLost(event.persistenceId(), event.sequenceNr())) {
          refusal =
              new IllegalArgumentException(
                  "event "
                      + event.sequenceNr()
                      + " of ["
                      + event.persistenceId()
                      + "] is not lost; only lost events can be put back");
          return;
        }
      }
      for (int i = 0; i < offsets.length; i++) {
        EventRecord event = events.get(i);
        offsets[i] = batch.builder().addRestored(event, RecordFormat.encodedLength(event));
        batch.raise(event.persistenceId(), event.sequenceNr());
      }
    }

    @Override
    public void apply(WalIndex index, long segment, int batchOffset) {
      for (int i = 0; i < offsets.length && refusal == null; i++) {
        EventRecord event = events.get(i);
        // It may have been deleted in the same batch, before it.
        if (event.sequenceNr() > index.deletedTo(event.persistenceId())) {
          index.putBack(
              event.persistenceId(),
              event.sequenceNr(),
              segment,
              batchOffset + offsets[i],
              RecordFormat.encodedLength(event));
        }
      }
    }

    @Override
    public void complete(@Nullable Throwable failure) {
      outcome.done(failure == null ? refusal : failure);
    }
  }

  /** States that no event of an id above a number is lost. */
  record NothingLostAbove(String persistenceId, long sequenceNr, Outcome outcome)
      implements Operation {

    NothingLostAbove {
      if (sequenceNr < 0 || sequenceNr > EventRecord.MAX_SEQUENCE_NR) {
        throw new IllegalArgumentException(
            "sequence number " + sequenceNr + " is not between 0 and 2^63 - 2");
      }
      if (!persistenceId.isEmpty()) {
        EventRecord.requireId(persistenceId, persistenceId.getBytes(UTF_8));
      }
    }

    @Override
    public int bytes() {
      return RecordFormat.encodedLength(persistenceId.getBytes(UTF_8));
    }

    @Override
    public void compose(Composition batch) {
      batch
          .builder()
          .add(RecordFormat.NOTHING_LOST_ABOVE, persistenceId.getBytes(UTF_8), sequenceNr, 0);
      if (!persistenceId.isEmpty()) {
        batch.raise(persistenceId, sequenceNr);
      }
    }

    @Override
    public void apply(WalIndex index, long segment, int batchOffset) {
      index.nothingLostAbove(persistenceId, sequenceNr);
    }

    @Override
    public void complete(@Nullable Throwable failure) {
      outcome.done(failure);
    }
  }

  /** Waits for everything queued before it. */
  record Barrier(Outcome outcome) implements Operation {
    @Override
    public int bytes() {
      return 0;
    }

    @Override
    public void compose(Composition batch) {}

    @Override
    public void apply(WalIndex index, long segment, int batchOffset) {}

    @Override
    public void complete(@Nullable Throwable failure) {
      outcome.done(failure);
    }
  }

  /** States that a segment is no part of the log any more. Its file goes afterwards. */
  record Drop(long segment, LongConsumer deleteFile, Outcome outcome) implements Operation {
    @Override
    public int bytes() {
      return RecordFormat.encodedLength(RecordFormat.NO_BYTES);
    }

    @Override
    public void compose(Composition batch) {
      batch.builder().add(RecordFormat.DROPPED_SEGMENT, RecordFormat.NO_BYTES, segment, 0);
    }

    @Override
    public void apply(WalIndex index, long inSegment, int batchOffset) {
      if (index.drop(segment)) {
        deleteFile.accept(segment);
      }
    }

    @Override
    public void complete(@Nullable Throwable failure) {
      outcome.done(failure);
    }
  }

  /** Copies some events of an old segment to the end of the log. */
  record Copy(
      Storage storage, List<WalIndex.LiveEvent> events, List<Integer> offsets, Outcome outcome)
      implements Operation {

    Copy(Storage storage, List<WalIndex.LiveEvent> events, Outcome outcome) {
      this(storage, events, new ArrayList<>(), outcome);
    }

    @Override
    public int bytes() {
      return events.stream().mapToInt(event -> event.location().length()).sum();
    }

    @Override
    public boolean isRefusedWhenFull() {
      return true;
    }

    @Override
    public void compose(Composition batch) throws IOException {
      offsets.clear();
      if (events.stream().noneMatch(batch.index()::isLive)) {
        events.forEach(event -> offsets.add(-1)); // the file may be gone too
        return;
      }
      long from = events.get(0).location().segment();
      try (StorageFile file = storage.openForReading(SegmentFormat.fileName(from))) {
        FileWindow window = new FileWindow(file, 64 << 10);
        for (WalIndex.LiveEvent event : events) {
          offsets.add(batch.index().isLive(event) ? copy(event, window, batch.builder()) : -1);
        }
      }
    }

    private static int copy(WalIndex.LiveEvent event, FileWindow window, BatchBuilder builder)
        throws IOException {
      Location location = event.location();
      int at = RecordReader.load(window, event.persistenceId(), location);
      return builder.addCopy(window.bytes(), at, location.length());
    }

    @Override
    public void apply(WalIndex index, long segment, int batchOffset) {
      for (int i = 0; i < events.size(); i++) {
        if (offsets.get(i) >= 0) {
          index.move(events.get(i), segment, batchOffset + offsets.get(i));
        }
      }
    }

    @Override
    public void complete(@Nullable Throwable failure) {
      outcome.done(failure);
    }
  }
}

package io.pekkoraft.persistence.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a log that no store has open: verifies it by the rules of recovery, without changing
 * anything, and shows what stands in it. Not safe for use by several threads.
 */
public final class LogInspection {
  private static final int REPLAY_STEP = 64 << 10;

  private final Storage storage;

  /** As the last {@link #verify} or {@link #salvage} has found it. */
  private @Nullable WalIndex index;

  /**
   * What a whole log holds.
   *
   * @param lost what damage has taken of which id, in words, as the log itself states it; the empty
   *     id stands for all that it does not know
   * @param tornTail what the next start will cut off, or null
   * @param leftOvers files that the next start will delete
   */
  public record Contents(
      List<Segment> segments,
      List<PersistenceId> ids,
      Map<String, String> lost,
      @Nullable TornTail tornTail,
      List<String> leftOvers) {}

  /**
   * A file of the log.
   *
   * @param bytes its size
   * @param liveEvents how many events that are not deleted stand in it
   */
  public record Segment(String file, long bytes, int liveEvents) {}

  /**
   * What the log holds of one persistence id.
   *
   * @param highest the highest sequence number ever written
   * @param deletedTo up to where events are deleted
   * @param bytes of all live events
   */
  public record PersistenceId(String id, long highest, long deletedTo, int events, long bytes) {}

  /**
   * What a start would make of a damaged log.
   *
   * @param damage all that is damaged, at least one
   * @param lost what of which id it would refuse to serve, in words; the empty id stands for all
   *     that the log does not know
   * @param ids what it would still have
   */
  public record Salvage(
      List<WalDamagedException> damage, Map<String, String> lost, List<PersistenceId> ids) {}

  /**
   * One batch.
   *
   * @param kind data, mark, seal or opening
   */
  public record Batch(String file, long offset, String kind, long number, int bytes, int records) {}

  /** One record; {@code serializerId} and what follows only of events, tags sorted. */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  public record Entry(
      String file,
      long offset,
      String type,
      String persistenceId,
      long sequenceNr,
      long timestamp,
      int serializerId,
      String manifest,
      String writerUuid,
      byte[] payload,
      List<String> tags) {}

  /** Is shown what stands in the log, in the order in which it was written. */
  public interface Visitor {
    void batch(Batch batch);

    void record(Entry entry);

    /** Where a segment cannot be read any further. */
    void unreadable(WalException problem);
  }

  private LogInspection(Storage storage) {
    this.storage = storage;
  }

  /** Inspects the log in a directory, which nobody else may change meanwhile. */
  public static LogInspection of(Storage storage) {
    return new LogInspection(storage);
  }

  /** Whether the directory holds anything of a log. */
  public boolean isLog() throws IOException {
    return storage.list().stream()
        .anyMatch(name -> SegmentFormat.isSegment(name) || name.equals(SegmentFormat.STORE_FILE));
  }

  /**
   * Verifies all of it, as opening it would.
   *
   * @throws WalException if a store would refuse it: damaged, of another version, not a log
   */
  public Contents verify() throws IOException {
    ReadOnlyStorage readOnly = new ReadOnlyStorage(storage);
    RecoveredWal recovered = WalRecovery.recover(readOnly);
    List<Segment> segments = new ArrayList<>();
    List<PersistenceId> ids = new ArrayList<>();
    Map<String, String> lost = Map.of();
    if (recovered != null) {
      WalIndex found = recovered.index();
      index = found;
      lost = found.lost();
      for (long number : found.liveSegments()) {
        String name = SegmentFormat.fileName(number);
        try (StorageFile file = storage.openForReading(name)) {
          segments.add(new Segment(name, file.size(), found.liveCount(number)));
        }
      }
      ids.addAll(ids(found));
    }
    return new Contents(segments, ids, lost, readOnly.tornTail(), readOnly.deletions());
  }

  /**
   * Finds out what is lost by the rules of a start, changing nothing.
   *
   * @param damage what {@link #verify} has met
   * @throws WalException if no start would open the log
   */
  public Salvage salvage(WalDamagedException damage) throws IOException {
    WalSalvage salvage = new WalSalvage(new ReadOnlyStorage(storage), new ReadBuffer(), damage);
    RecoveredWal salvaged = salvage.run();
    index = salvaged.index();
    return new Salvage(salvage.damage(), salvaged.index().lost(), ids(salvaged.index()));
  }

  private static List<PersistenceId> ids(WalIndex index) {
    List<PersistenceId> ids = new ArrayList<>();
    index.forEachId((id, highest, deletedTo) -> ids.add(liveOf(index, id, highest, deletedTo)));
    return ids;
  }

  /**
   * Shows the live events of an id as a replay would, by sequence number.
   *
   * @param from the first sequence number
   * @throws WalDamagedException if one is not where the log says
   * @throws IllegalStateException before {@link #verify} or {@link #salvage}
   */
  public void replay(String persistenceId, long from, Consumer<Entry> visitor) throws IOException {
    if (index == null) {
      throw new IllegalStateException("the log was not read yet");
    }
    List<Location> events = index.pin(persistenceId, from, Long.MAX_VALUE, Integer.MAX_VALUE);
    int next = 0;
    while (next < events.size()) {
      long segment = events.get(next).segment();
      String name = SegmentFormat.fileName(segment);
      try (StorageFile file = storage.openForReading(name)) {
        FileWindow window = new FileWindow(file, REPLAY_STEP);
        while (next < events.size() && events.get(next).segment() == segment) {
          Location event = events.get(next++);
          int at = RecordReader.load(window, persistenceId, event);
          visitor.accept(entry(name, event.offset(), window.bytes(), at));
        }
      }
    }
  }

  private static PersistenceId liveOf(WalIndex index, String id, long highest, long deletedTo) {
    List<Location> live = index.pin(id, 0, Long.MAX_VALUE, Integer.MAX_VALUE);
    long bytes = live.stream().mapToLong(Location::length).sum();
    return new PersistenceId(id, highest, deletedTo, live.size(), bytes);
  }

  /** Shows everything that can be read, also of a damaged log, one segment after the other. */
  public void visit(Visitor visitor) throws IOException {
    for (String name : storage.list()) {
      if (SegmentFormat.isSegment(name)) {
        try {
          visit(name, visitor);
        } catch (WalException problem) {
          visitor.unreadable(problem);
        }
      }
    }
  }

  private void visit(String name, Visitor visitor) throws IOException {
    long segment = SegmentFormat.number(name);
    try (StorageFile file = storage.openForReading(name)) {
      byte[] header = new byte[SegmentFormat.HEADER_BYTES];
      if (file.read(0, header, 0, header.length) < header.length) {
        throw new WalDamagedException(name, 0, "the segment header is cut off");
      }
      // Of a file that was cut, too, what is there is shown; its end is reported where it is met.
      long size = SegmentFormat.statedSize(header);
      long storeTag = SegmentFormat.checkHeader(header, segment, size).getMostSignificantBits();
      LogEnd previous = segment == 1 ? LogEnd.NONE : null;
      new SegmentScanner(file, segment, storeTag, new ReadBuffer())
          .scan(previous, (batch, bytes, from, to) -> show(name, batch, bytes, from, to, visitor));
    }
  }

  private static void show(
      String name, BatchHeader batch, byte[] bytes, int from, int to, Visitor visitor) {
    visitor.batch(
        new Batch(
            name,
            batch.offset(),
            kind(batch.kind()),
            batch.previous().batchNumber() + 1,
            batch.length(),
            batch.records()));
    for (int at = from; at < to; at += RecordFormat.length(bytes, at)) {
      visitor.record(entry(name, batch.offset() + BatchHeader.BYTES + (at - from), bytes, at));
    }
  }

  private static Entry entry(String name, long offset, byte[] bytes, int at) {
    int type = RecordFormat.type(bytes, at);
    if (type == RecordFormat.EVENT || type == RecordFormat.COPIED_EVENT) {
      EventRecord event = RecordFormat.decode(bytes, at);
      return new Entry(
          name,
          offset,
          type == RecordFormat.EVENT ? "event" : "copied event",
          event.persistenceId(),
          event.sequenceNr(),
          event.timestamp(),
          event.payload().serializerId(),
          new String(event.payload().manifest(), UTF_8),
          new String(event.writerUuid(), UTF_8),
          event.payload().bytes(),
          event.tagTexts());
    }
    return new Entry(
        name,
        offset,
        control(type),
        RecordFormat.persistenceId(bytes, at),
        RecordFormat.sequenceNr(bytes, at),
        RecordFormat.second(bytes, at),
        0,
        "",
        "",
        RecordFormat.NO_BYTES,
        List.of());
  }

  private static String control(int type) {
    return switch (type) {
      case RecordFormat.DELETION -> "deletion";
      case RecordFormat.CATALOGUE -> "catalogue";
      case RecordFormat.LIVE_SEGMENT -> "live segment";
      case RecordFormat.DROPPED_SEGMENT -> "dropped segment";
      case RecordFormat.LOST -> "lost";
      case RecordFormat.NOTHING_LOST_ABOVE -> "nothing lost above";
      default -> "type " + type;
    };
  }

  private static String kind(int kind) {
    return switch (kind) {
      case BatchHeader.DATA -> "data";
      case BatchHeader.MARK -> "mark";
      case BatchHeader.SEAL -> "seal";
      case BatchHeader.OPENING -> "opening";
      default -> "kind " + kind;
    };
  }

  /**
   * Does what the next start would: cuts off a torn tail, and deletes left-over files.
   *
   * @throws WalException if the log is damaged; then nothing is changed
   */
  public void cutOffTornTail() throws IOException {
    verify();
    WalRecovery.recover(storage);
  }
}

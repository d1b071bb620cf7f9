package io.pekkoraft.persistence.wal;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The open end of the log: the current segment, and how to append a batch or go on to the next
 * segment. Used by one thread at a time, under the writer's lock.
 */
final class WalLog implements AutoCloseable {
  private final Storage storage;
  private final UUID store;
  private final WalIndex index;
  private final BatchBuilder control = new BatchBuilder();

  private StorageFile file;
  private SectorStamps stamps;
  private long segment;
  private int offset;
  private long size;
  private LogEnd end;
  private boolean marked;

  private final AtomicLong flushes = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  private WalLog(Storage storage, RecoveredWal recovered, StorageFile file) throws IOException {
    this.storage = storage;
    this.store = recovered.store();
    this.index = recovered.index();
    this.file = file;
    this.segment = recovered.segment();
    this.stamps = SectorStamps.of(file, segment);
    this.offset = recovered.offset();
    this.size = file.size();
    this.end = recovered.end();
    this.marked = recovered.marked();
  }

  /** Goes on where recovery ended. When this returns, all that recovery read is durable. */
  static WalLog open(Storage storage, RecoveredWal recovered) throws IOException {
    LogEnd end = recovered.end();
    if (end.segment() != 0 && end.segment() != recovered.segment()) {
      try (StorageFile before = storage.open(SegmentFormat.fileName(end.segment()))) {
        LastBatch.makeDurable(before, recovered.store().getMostSignificantBits(), end);
      }
    }
    StorageFile file = storage.open(SegmentFormat.fileName(recovered.segment()));
    boolean opened = false;
    try {
      WalLog log = new WalLog(storage, recovered, file);
      log.start();
      opened = true;
      return log;
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  /**
   * Flushes what recovery has read. A process that was killed may have left its last batch in the
   * system's memory only; it was read, so it will be replayed, so it must not get lost any more.
   */
  private void start() throws IOException {
    stamps.requireReadable();
    if (end.segment() == segment) {
      LastBatch.makeDurable(file, store.getMostSignificantBits(), end);
    } else {
      open();
    }
    mark();
  }

  /** Whether a batch of {@code length} bytes fits, with a sector left for the seal. */
  boolean hasRoomFor(int length) {
    return length <= room();
  }

  /** How many bytes of batches the current segment can still take. */
  long room() {
    return size - offset - BatchHeader.SECTOR;
  }

  /**
   * The size that the next segment needs for its catalogue and a batch of {@code length} bytes. If
   * they take much of a usual segment they come on top of it: otherwise the segment would be full
   * at once, and so would be the next.
   */
  int nextSegmentSize(int length, int usual) {
    control.reset();
    addCatalogue();
    control.add(RecordFormat.LIVE_SEGMENT, RecordFormat.NO_BYTES, segment + 1, 0);
    long needed = (long) SegmentFormat.HEADER_BYTES + control.length() + length;
    return 2 * needed <= usual ? usual : roundedUp(needed + usual);
  }

  private static int roundedUp(long size) {
    return Math.toIntExact(
        (size + BatchHeader.SECTOR - 1) / BatchHeader.SECTOR * BatchHeader.SECTOR);
  }

  /** Seals the current segment and opens the next, which must exist. */
  void roll() throws IOException {
    control.reset();
    append(control, BatchHeader.SEAL);
    StorageFile before = file;
    file = storage.open(SegmentFormat.fileName(segment + 1));
    before.close();
    segment++;
    size = file.size();
    stamps = SectorStamps.of(file, segment);
    stamps.requireReadable();
    offset = stamps.firstBatch();
    open();
  }

  /** Writes the first batch of the current segment. */
  private void open() throws IOException {
    index.addSegment(segment);
    control.reset();
    addCatalogue();
    append(control, BatchHeader.OPENING);
  }

  /** States what the log consists of and every id's numbers, so that older segments may go. */
  private void addCatalogue() {
    for (long live : index.liveSegments()) {
      control.add(RecordFormat.LIVE_SEGMENT, RecordFormat.NO_BYTES, live, 0);
    }
    index.forEachId(
        (id, highest, deletedTo) ->
            control.add(
                RecordFormat.CATALOGUE, id.getBytes(StandardCharsets.UTF_8), highest, deletedTo));
    index.forEachLost(
        (id, from, to) ->
            control.add(RecordFormat.LOST, id.getBytes(StandardCharsets.UTF_8), from, to));
  }

  /** Proves the last batch durable, unless that was done. */
  void mark() throws IOException {
    if (!marked && hasRoomFor(BatchHeader.SECTOR)) {
      control.reset();
      append(control, BatchHeader.MARK);
    }
  }

  /** Writes a batch at the end of the log; when this returns it is durable. */
  void append(BatchBuilder batch, int kind) throws IOException {
    LogEnd next = batch.finish(kind, store.getMostSignificantBits(), segment, stamps, offset, end);
    int length = batch.length();
    file.write(offset, batch.bytes(), 0, length);
    file.flush();
    flushes.incrementAndGet();
    bytes.addAndGet(length);
    end = next;
    offset = next.offset();
    marked = kind == BatchHeader.MARK;
  }

  boolean isMarked() {
    return marked;
  }

  boolean isHalfFull() {
    return offset > size / 2;
  }

  long segment() {
    return segment;
  }

  int offset() {
    return offset;
  }

  UUID store() {
    return store;
  }

  LogEnd end() {
    return end;
  }

  long flushes() {
    return flushes.get();
  }

  long bytes() {
    return bytes.get();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

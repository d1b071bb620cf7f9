package io.pekkoraft.persistence.wal;

import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads one segment batch by batch and judges where it ends.
 *
 * <p>The judgement rests on two facts. A batch is written only after the one before it is durable,
 * so any valid header proves all that stands before it. And no sector of a batch that was written
 * looks unwritten ({@link SectorStamps}), except as many as its header counts, and its last byte is
 * never zero; so in the last batch, missing sectors show. Such a batch was never acknowledged and
 * is cut off. Everything else that is not as it was written is damage.
 */
final class SegmentScanner {
  private static final int SECTOR = BatchHeader.SECTOR;
  private static final int STEP = 1 << 20;

  private final String name;
  private final long segment;
  private final long size;
  private final long storeTag;
  private final FileWindow window;
  private final SectorStamps stamps;

  /** Where the readable batches end. */
  record Tail(LogEnd end, int offset, boolean sealed, boolean torn, int dirtyEnd, long size) {}

  /** Takes the batches of a segment in order. */
  interface BatchVisitor {
    /**
     * One intact batch; its records are without defect and stand from {@code from} to {@code to}.
     */
    void visit(BatchHeader header, byte[] bytes, int from, int to);
  }

  SegmentScanner(StorageFile file, long segment, long storeTag, ReadBuffer buffer)
      throws IOException {
    this.name = SegmentFormat.fileName(segment);
    this.segment = segment;
    this.size = file.size();
    this.storeTag = storeTag;
    this.window = new FileWindow(file, (int) Math.min(STEP, size), buffer);
    this.stamps = SectorStamps.of(file, segment);
  }

  /**
   * Visits all batches.
   *
   * @param previous the end of the segment before, or null if that one is gone
   */
  Tail scan(@Nullable LogEnd previous, BatchVisitor visitor) throws IOException {
    LogEnd end = previous;
    int offset = stamps.firstBatch();
    while (offset + SECTOR <= size) {
      int at = window.load(offset, SECTOR);
      if (!BatchHeader.isIntact(window.bytes(), at) || isOfFormerUse(offset, at)) {
        return tailWithoutHeader(end, offset, at);
      }
      BatchHeader header = checkedHeader(offset, at, end);
      int hash = BatchHeader.hash(window.bytes(), at);
      at = window.load(offset, header.length());
      String defect = bodyDefect(header, window.bytes(), at, stamps);
      if (defect != null) {
        return tailWithoutBody(end, header, at, defect);
      }
      int body = at + BatchHeader.BYTES;
      checkRecords(header, body);
      visitor.visit(header, window.bytes(), body, body + header.bodyLength());
      end =
          new LogEnd(segment, offset + header.length(), hash, header.previous().batchNumber() + 1);
      offset = end.offset();
      if (header.kind() == BatchHeader.SEAL) {
        return new Tail(end, offset, true, false, offset, size);
      }
    }
    return new Tail(end == null ? LogEnd.NONE : end, offset, false, false, offset, size);
  }

  /** Whether an intact header belongs to what the file held before. */
  private boolean isOfFormerUse(int offset, int at) throws IOException {
    BatchHeader header = BatchHeader.decode(window.bytes(), at);
    return !header.standsAt(storeTag, segment, offset)
        && stamps.isUnwritten(window.bytes(), at, SECTOR, offset);
  }

  private BatchHeader checkedHeader(int offset, int at, @Nullable LogEnd end) {
    int version = BatchHeader.version(window.bytes(), at);
    if (!BatchHeader.isSupported(version)) {
      throw new UnsupportedWalVersionException(name, offset, version, BatchHeader.VERSION);
    }
    BatchHeader header = BatchHeader.decode(window.bytes(), at);
    if (!header.standsAt(storeTag, segment, offset)) {
      throw damaged(offset, "the batch belongs to another place or store");
    }
    if (!header.isConsistent(size)) {
      throw damaged(offset, "the batch header contradicts itself");
    }
    boolean firstOfSegment = offset == stamps.firstBatch();
    if (firstOfSegment != (header.kind() == BatchHeader.OPENING)) {
      throw damaged(offset, "a batch of kind " + header.kind() + " cannot stand here");
    }
    boolean follows =
        end == null ? header.previous().segment() < segment : header.previous().equals(end);
    if (!follows) {
      throw damaged(offset, "the batch does not follow the one before it");
    }
    return header;
  }

  static @Nullable String bodyDefect(
      BatchHeader header, byte[] bytes, int at, SectorStamps stamps) {
    if (!hasBody(header, bytes, at, stamps)) {
      return "the checksum of the batch is wrong";
    }
    int body = at + BatchHeader.BYTES;
    int last = at + header.length() - 1;
    if (bytes[last] != BatchHeader.BATCH_END
        || !Bytes.allZero(bytes, body + header.bodyLength(), last)) {
      return "the padding of the batch is not as written";
    }
    return null;
  }

  /** Whether the body of a batch is as written, whatever stands behind it. */
  static boolean hasBody(BatchHeader header, byte[] bytes, int at, SectorStamps stamps) {
    int body = at + BatchHeader.BYTES;
    return stamps.bodyChecksum(bytes, body, header.bodyLength()) == header.bodyCrc();
  }

  private void checkRecords(BatchHeader header, int body) {
    byte[] bytes = window.bytes();
    int end = body + header.bodyLength();
    int records = 0;
    for (int at = body; at < end; at += RecordFormat.length(bytes, at)) {
      String defect = RecordFormat.defect(bytes, at, end);
      if (defect != null) {
        throw damaged(header.offset() + BatchHeader.BYTES + (at - body), defect);
      }
      records++;
    }
    if (records != header.records()) {
      throw damaged(header.offset(), "the batch has " + records + " records, not as stated");
    }
  }

  /** No header where the next batch would start: the end of the log, a torn batch, or damage. */
  private Tail tailWithoutHeader(@Nullable LogEnd end, int offset, int at) throws IOException {
    stamps.requireReadable();
    if (!isCutOff(window.bytes(), at, offset, stamps)) {
      throw damaged(offset, "the batch header is not as written");
    }
    return lastTail(end, offset, "the batch header is missing");
  }

  /** Whether the header's sector was not written, or only its beginning was. */
  static boolean isCutOff(byte[] sector, int at, int offset, SectorStamps stamps)
      throws IOException {
    if (stamps.isUnwritten(sector, at, SECTOR, offset)) {
      return true;
    }
    int written = BatchHeader.BYTES;
    while (written > 0 && sector[at + written - 1] == 0) {
      written--;
    }
    return written < BatchHeader.BYTES && Bytes.allZero(sector, at + written, at + SECTOR);
  }

  private Tail tailWithoutBody(@Nullable LogEnd end, BatchHeader header, int at, String defect)
      throws IOException {
    stamps.requireReadable();
    if (!isTorn(header, window.bytes(), at, stamps)) {
      throw damaged(header.offset(), defect + ", though all of it was written");
    }
    return lastTail(end, header.offset(), defect);
  }

  /** Whether sectors of a batch with a good header were not written. */
  static boolean isTorn(BatchHeader header, byte[] bytes, int at, SectorStamps stamps)
      throws IOException {
    int batchEnd = at + header.length();
    int zero = SectorStamps.zeroSectors(bytes, at + SECTOR, batchEnd);
    int stamped = stamps.stampedSectors(bytes, at + SECTOR, batchEnd, header.offset() + SECTOR);
    return zero > header.zeroSectors()
        || (stamped > header.stampedSectors() && header.stampedSectors() < BatchHeader.MANY)
        || bytes[batchEnd - 1] == 0;
  }

  private Tail lastTail(@Nullable LogEnd end, int offset, String defect) throws IOException {
    int later = findBatch(offset + SECTOR);
    if (later >= 0) {
      throw damaged(
          offset, defect + ", but the batch at offset " + later + " proves it was durable");
    }
    int dirtyEnd = endOfContent(offset);
    return new Tail(
        end == null ? LogEnd.NONE : end, offset, false, dirtyEnd > offset, dirtyEnd, size);
  }

  /** Whether there is a valid batch header anywhere in the segment. */
  boolean hasBatch() throws IOException {
    return findBatch(stamps.firstBatch()) >= 0;
  }

  /** The offset of the first valid batch header at or after {@code from}, or -1. */
  private int findBatch(int from) throws IOException {
    for (int offset = from; offset + SECTOR <= size; offset += SECTOR) {
      int at = window.load(offset, SECTOR);
      byte[] bytes = window.bytes();
      if (Bytes.getInt(bytes, at) == BatchHeader.MAGIC
          && BatchHeader.isIntact(bytes, at)
          && BatchHeader.decode(bytes, at).standsAt(storeTag, segment, offset)) {
        return offset;
      }
    }
    return -1;
  }

  private int endOfContent(int from) throws IOException {
    int end = from;
    for (int offset = from; offset < size; offset += SECTOR) {
      int length = (int) Math.min(SECTOR, size - offset);
      int at = window.load(offset, length);
      if (!stamps.isUnwritten(window.bytes(), at, length, offset)) {
        end = offset + length;
      }
    }
    return end;
  }

  private WalDamagedException damaged(long offset, String reason) {
    return new WalDamagedException(name, offset, reason);
  }
}

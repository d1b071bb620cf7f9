package io.pekkoraft.persistence.wal;

import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Tells the sectors of a segment that were not written from those that were. In a new segment those
 * that were not are zeros. A recycled one still holds what its file held before; of that, behind
 * its header, it keeps a checksum for each sector: its stamp ({@code docs/format.md}, "Stamps"). A
 * sector that is zeros or as stamped looks unwritten; the header of a batch counts those of its
 * sectors that look so although they were written.
 *
 * <p>Reads its table when it is first asked for. Not thread-safe.
 */
final class SectorStamps {
  private static final int SECTOR = BatchHeader.SECTOR;
  private static final int STEP = 1 << 20;

  /** Behind the stamps: the number of the segment, and the checksum of the table before it. */
  private static final int TRAILER_BYTES = 12;

  private final StorageFile file;
  private final long segment;
  private final int firstBatch;
  private final boolean recycled;
  private final CRC32C sectorCrc = new CRC32C();

  private boolean loaded;

  /** As in the file, or null if there is none or it is not as written. */
  private byte @Nullable [] table;

  private SectorStamps(StorageFile file, long segment, int firstBatch, boolean recycled) {
    this.file = file;
    this.segment = segment;
    this.firstBatch = firstBatch;
    this.recycled = recycled;
  }

  /**
   * Those of a segment. Of which kind it is its header says; if that is damaged, whether there is a
   * table.
   */
  static SectorStamps of(StorageFile file, long segment) throws IOException {
    byte[] header = new byte[SegmentFormat.HEADER_BYTES];
    boolean whole = file.read(0, header, 0, header.length) == header.length;
    int behindTable = firstBatch(file.size());
    SectorStamps recycled = new SectorStamps(file, segment, behindTable, true);
    boolean known = whole && SegmentFormat.isIntact(header);
    if (known ? SegmentFormat.isRecycled(header) : recycled.areReadable()) {
      return recycled;
    }
    return new SectorStamps(file, segment, SegmentFormat.HEADER_BYTES, false);
  }

  /** Where the batches of a recycled segment of {@code size} bytes start. */
  static int firstBatch(long size) {
    long needed = size / SECTOR * Integer.BYTES + TRAILER_BYTES;
    return Math.toIntExact(SegmentFormat.HEADER_BYTES + (needed + SECTOR - 1) / SECTOR * SECTOR);
  }

  /**
   * Stamps all that a file holds now, behind the place of the table.
   *
   * @return the first sectors of a segment: room for the header, and the table
   */
  static byte[] stamp(StorageFile file, long segment, int size) throws IOException {
    byte[] start = new byte[firstBatch(size)];
    FileWindow window = new FileWindow(file, Math.min(STEP, size));
    for (int offset = start.length; offset < size; offset += SECTOR) {
      int at = window.load(offset, SECTOR);
      int stamp = Bytes.crc32c(window.bytes(), at, SECTOR);
      Bytes.putInt(start, SegmentFormat.HEADER_BYTES + offset / SECTOR * Integer.BYTES, stamp);
    }
    int trailer = start.length - TRAILER_BYTES;
    Bytes.putLong(start, trailer, segment);
    int covered = start.length - Integer.BYTES - SegmentFormat.HEADER_BYTES;
    int crc = Bytes.crc32c(start, SegmentFormat.HEADER_BYTES, covered);
    Bytes.putInt(start, start.length - Integer.BYTES, crc);
    return start;
  }

  /** Where the batches of the segment start. */
  int firstBatch() {
    return firstBatch;
  }

  /** Whether unwritten sectors can be told: there need be no stamps, or they are as written. */
  boolean areReadable() throws IOException {
    return !recycled || table() != null;
  }

  /**
   * @throws WalDamagedException if unwritten sectors cannot be told
   */
  void requireReadable() throws IOException {
    if (!areReadable()) {
      throw damaged();
    }
  }

  WalDamagedException damaged() {
    return new WalDamagedException(
        SegmentFormat.fileName(segment), SegmentFormat.HEADER_BYTES, "the stamps are not valid");
  }

  private byte @Nullable [] table() throws IOException {
    if (!loaded) {
      table = read();
      loaded = true;
    }
    return table;
  }

  private byte @Nullable [] read() throws IOException {
    byte[] bytes = new byte[firstBatch - SegmentFormat.HEADER_BYTES];
    int crcAt = bytes.length - Integer.BYTES;
    boolean valid =
        file.read(SegmentFormat.HEADER_BYTES, bytes, 0, bytes.length) == bytes.length
            && Bytes.getLong(bytes, bytes.length - TRAILER_BYTES) == segment
            && Bytes.getInt(bytes, crcAt) == Bytes.crc32c(bytes, 0, crcAt);
    return valid ? bytes : null;
  }

  /**
   * Whether a sector, or the last piece of a file, looks as if it was never written.
   *
   * @param offset where in the segment it stands
   */
  boolean isUnwritten(byte[] bytes, int at, int length, int offset) throws IOException {
    return Bytes.allZero(bytes, at, at + length)
        || (length == SECTOR && isAsStamped(bytes, at, offset));
  }

  private boolean isAsStamped(byte[] bytes, int at, int offset) throws IOException {
    byte[] stamps = recycled && offset >= firstBatch ? table() : null;
    if (stamps == null) {
      return false;
    }
    sectorCrc.reset();
    sectorCrc.update(bytes, at, SECTOR);
    return (int) sectorCrc.getValue() == Bytes.getInt(stamps, offset / SECTOR * Integer.BYTES);
  }

  /** Counts the sectors between {@code from} and {@code to} that are zeros. */
  static int zeroSectors(byte[] bytes, int from, int to) {
    int count = 0;
    for (int at = from; at < to; at += SECTOR) {
      if (Bytes.allZero(bytes, at, at + SECTOR)) {
        count++;
      }
    }
    return count;
  }

  /** Counts the other sectors that are as stamped; the first stands at {@code offset}. */
  int stampedSectors(byte[] bytes, int from, int to, int offset) throws IOException {
    int count = 0;
    for (int at = from; recycled && at < to; at += SECTOR) {
      boolean stamped = isAsStamped(bytes, at, offset + (at - from));
      if (stamped && !Bytes.allZero(bytes, at, at + SECTOR)) {
        count++;
      }
    }
    return count;
  }

  /**
   * Whether any part of a record of a damaged batch may be of what the file held before, because
   * its sector is as stamped, or nobody knows.
   *
   * @param batchAt where in {@code bytes} the batch starts, which stands at {@code batchOffset}
   */
  boolean mayBeOfFormerUse(byte[] bytes, int from, int to, int batchAt, int batchOffset)
      throws IOException {
    if (!recycled) {
      return false;
    }
    // The first sector is of this use, as the header in it is.
    int first = Math.max(1, (from - batchAt) / SECTOR);
    for (int at = batchAt + first * SECTOR; at < to; at += SECTOR) {
      if (table() == null || isAsStamped(bytes, at, batchOffset + (at - batchAt))) {
        return true;
      }
    }
    return false;
  }

  /**
   * The checksum of a batch's body. What a lost sector of a recycled segment shows instead is of
   * the same application: should its data carry a CRC-32C of its own, the two may be equal under
   * any checksum of that polynomial. So this one is of another.
   */
  int bodyChecksum(byte[] bytes, int from, int length) {
    if (!recycled) {
      return Bytes.crc32c(bytes, from, length);
    }
    CRC32 crc = new CRC32();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }
}

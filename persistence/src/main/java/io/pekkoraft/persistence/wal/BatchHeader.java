package io.pekkoraft.persistence.wal;

import java.util.Arrays;

/**
 * The header of a flush batch ({@code docs/format.md}, "Batch"). It names its own place, so that a
 * stale or copied header is never taken for a live one, and the durable end before it, so that a
 * valid header proves everything before it durable.
 *
 * @param length bytes of the whole batch, a multiple of {@link #SECTOR}
 * @param zeroSectors how many sectors of the batch, the first left out, consist of zeros, as
 *     written
 * @param stampedSectors how many others are as stamped ({@link SectorStamps}), as written; at most
 *     {@link #MANY}, which also stands for more
 */
record BatchHeader(
    int kind,
    long storeTag,
    long segment,
    int offset,
    int length,
    int bodyLength,
    int records,
    int zeroSectors,
    int stampedSectors,
    int bodyCrc,
    LogEnd previous) {

  static final int DATA = 1;

  /** An empty batch, written when idle: proves the batch before it durable. */
  static final int MARK = 2;

  /** The last batch of a segment that is followed by another. */
  static final int SEAL = 3;

  /** The first batch of each segment: the live segments and the catalogue. */
  static final int OPENING = 4;

  static final int SECTOR = 512;
  static final int BYTES = 80;
  static final int VERSION = 3;

  /** Written where nothing needs a later one, so that the version before can read it too. */
  static final int USUAL_VERSION = 2;

  static final int OLDEST_VERSION = 1;
  static final int MAGIC = 0x50525742; // "PRWB"

  /** The last byte of every header and of every batch: never zero, so that its absence shows. */
  static final byte HEADER_END = 0x5A;

  static final byte BATCH_END = (byte) 0xA5;

  /** As many sectors as stamped as can be counted. */
  static final int MANY = 0xFFFF;

  private static final int CRC_AT = 72;

  static int batchLength(int bodyLength) {
    return Math.toIntExact(((long) BYTES + bodyLength + 1 + SECTOR - 1) / SECTOR * SECTOR);
  }

  /** Writes the header and returns its checksum. */
  int encode(int version, byte[] target, int at) {
    Arrays.fill(target, at, at + BYTES, (byte) 0);
    Bytes.putInt(target, at, MAGIC);
    target[at + 4] = (byte) version;
    target[at + 5] = (byte) kind;
    Bytes.putShort(target, at + 6, stampedSectors);
    Bytes.putLong(target, at + 8, storeTag);
    Bytes.putLong(target, at + 16, segment);
    Bytes.putInt(target, at + 24, offset);
    Bytes.putInt(target, at + 28, length);
    Bytes.putInt(target, at + 32, bodyLength);
    Bytes.putInt(target, at + 36, records);
    Bytes.putInt(target, at + 40, zeroSectors);
    Bytes.putInt(target, at + 44, bodyCrc);
    Bytes.putLong(target, at + 48, previous.batchNumber() + 1);
    Bytes.putLong(target, at + 56, previous.segment());
    Bytes.putInt(target, at + 64, previous.offset());
    Bytes.putInt(target, at + 68, previous.hash());
    int crc = Bytes.crc32c(target, at, CRC_AT);
    Bytes.putInt(target, at + CRC_AT, crc);
    target[at + BYTES - 1] = HEADER_END;
    return crc;
  }

  /** Whether the bytes are a header as somebody wrote it, whatever it says. */
  static boolean isIntact(byte[] source, int at) {
    return Bytes.getInt(source, at) == MAGIC
        && Bytes.getInt(source, at + CRC_AT) == Bytes.crc32c(source, at, CRC_AT)
        && source[at + BYTES - 1] == HEADER_END
        && Bytes.allZero(source, at + CRC_AT + 4, at + BYTES - 1);
  }

  static int version(byte[] source, int at) {
    return source[at + 4] & 0xFF;
  }

  /** Whether this library can read a version: its own and those before. */
  static boolean isSupported(int version) {
    return version >= OLDEST_VERSION && version <= VERSION;
  }

  static int hash(byte[] source, int at) {
    return Bytes.getInt(source, at + CRC_AT);
  }

  static BatchHeader decode(byte[] source, int at) {
    return new BatchHeader(
        source[at + 5],
        Bytes.getLong(source, at + 8),
        Bytes.getLong(source, at + 16),
        Bytes.getInt(source, at + 24),
        Bytes.getInt(source, at + 28),
        Bytes.getInt(source, at + 32),
        Bytes.getInt(source, at + 36),
        Bytes.getInt(source, at + 40),
        Bytes.getUnsignedShort(source, at + 6),
        Bytes.getInt(source, at + 44),
        new LogEnd(
            Bytes.getLong(source, at + 56),
            Bytes.getInt(source, at + 64),
            Bytes.getInt(source, at + 68),
            Bytes.getLong(source, at + 48) - 1));
  }

  /** Whether the header belongs exactly here. */
  boolean standsAt(long expectedStoreTag, long expectedSegment, long expectedOffset) {
    return storeTag == expectedStoreTag && segment == expectedSegment && offset == expectedOffset;
  }

  /** Whether the lengths fit each other and the room up to {@code segmentSize}. */
  boolean isConsistent(long segmentSize) {
    return kind >= DATA
        && kind <= OPENING
        && bodyLength >= 0
        && length <= segmentSize - offset
        && length == batchLength(bodyLength);
  }
}

package io.pekkoraft.persistence.wal;

import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;

/** Names of files, and the layout of the segment header and of the store file. */
final class SegmentFormat {
  static final int VERSION = 1;

  /** Of the segment header, if the file was used before: then stamps stand behind the header. */
  static final int RECYCLED_VERSION = 2;

  static final int HEADER_BYTES = BatchHeader.SECTOR;
  static final int MIN_SEGMENT_SIZE = 16 << 10;

  /** Of a usual one; with a large catalogue or batch on top it still has an offset in 31 bits. */
  static final int MAX_SEGMENT_SIZE = 1 << 30;

  static final String STORE_FILE = "store";
  static final String TEMPORARY_SUFFIX = ".tmp";

  /** Of a segment of which parts were lost, kept for who wants to look. */
  static final String DAMAGED_SUFFIX = ".damaged";

  static final int STORE_FILE_BYTES = 36;

  private static final long SEGMENT_MAGIC = 0x505257414C534547L; // "PRWALSEG"
  private static final long STORE_MAGIC = 0x505257414C535452L; // "PRWALSTR"
  private static final int HEADER_CRC_AT = 60;
  private static final int STORE_CRC_AT = 32;
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{16}\\.wal");

  private static final Pattern TEMPORARY_NAME = Pattern.compile("([0-9a-f]{16}\\.wal|store)\\.tmp");

  private SegmentFormat() {}

  static String fileName(long segment) {
    return String.format(Locale.ROOT, "%016x.wal", segment);
  }

  static boolean isSegment(String name) {
    return NAME.matcher(name).matches();
  }

  static boolean isTemporary(String name) {
    return TEMPORARY_NAME.matcher(name).matches();
  }

  static long number(String name) {
    return Long.parseUnsignedLong(name.substring(0, 16), 16);
  }

  /** The size that a segment's file should have by its header. */
  static long statedSize(byte[] header) {
    return Bytes.getLong(header, 40);
  }

  static byte[] encodeHeader(UUID store, long segment, int size) {
    return encodeHeader(VERSION, store, segment, size, 0);
  }

  static byte[] encodeRecycledHeader(UUID store, long segment, int size) {
    return encodeHeader(RECYCLED_VERSION, store, segment, size, SectorStamps.firstBatch(size));
  }

  private static byte[] encodeHeader(
      int version, UUID store, long segment, int size, int firstBatch) {
    byte[] header = new byte[HEADER_BYTES];
    Bytes.putLong(header, 0, SEGMENT_MAGIC);
    Bytes.putShort(header, 8, version);
    Bytes.putInt(header, 12, BatchHeader.SECTOR);
    putUuid(header, 16, store);
    Bytes.putLong(header, 32, segment);
    Bytes.putLong(header, 40, size);
    Bytes.putInt(header, 48, firstBatch);
    Bytes.putInt(header, HEADER_CRC_AT, Bytes.crc32c(header, 0, HEADER_CRC_AT));
    return header;
  }

  /** Checks the header of segment {@code segment} and returns the id of its store. */
  static UUID checkHeader(byte[] header, long segment, long size) {
    String file = fileName(segment);
    if (!isIntact(header)) {
      throw new WalDamagedException(file, 0, "the segment header is not valid");
    }
    requireVersion(file, Bytes.getUnsignedShort(header, 8), RECYCLED_VERSION);
    if (Bytes.getInt(header, 12) != BatchHeader.SECTOR) {
      throw new WalDamagedException(file, 12, "the sector size is not " + BatchHeader.SECTOR);
    }
    if (Bytes.getLong(header, 32) != segment) {
      throw new WalDamagedException(
          file, 32, "the header is that of segment " + Bytes.getLong(header, 32));
    }
    if (Bytes.getLong(header, 40) != size) {
      throw new WalDamagedException(
          file, 40, "the file has " + size + " bytes instead of " + Bytes.getLong(header, 40));
    }
    if (isRecycled(header) && Bytes.getInt(header, 48) != SectorStamps.firstBatch(size)) {
      throw new WalDamagedException(
          file, 48, "batches cannot start at offset " + Bytes.getInt(header, 48));
    }
    return getUuid(header, 16);
  }

  /** Whether the bytes are a segment header as somebody wrote it, whatever it says. */
  static boolean isIntact(byte[] header) {
    return Bytes.getLong(header, 0) == SEGMENT_MAGIC
        && Bytes.getInt(header, HEADER_CRC_AT) == Bytes.crc32c(header, 0, HEADER_CRC_AT)
        && Bytes.allZero(header, HEADER_CRC_AT + 4, HEADER_BYTES);
  }

  static boolean isRecycled(byte[] header) {
    return Bytes.getUnsignedShort(header, 8) == RECYCLED_VERSION;
  }

  static byte[] encodeStore(UUID store) {
    byte[] bytes = new byte[STORE_FILE_BYTES];
    Bytes.putLong(bytes, 0, STORE_MAGIC);
    Bytes.putShort(bytes, 8, VERSION);
    putUuid(bytes, 16, store);
    Bytes.putInt(bytes, STORE_CRC_AT, Bytes.crc32c(bytes, 0, STORE_CRC_AT));
    return bytes;
  }

  static UUID decodeStore(byte[] bytes) {
    if (Bytes.getLong(bytes, 0) != STORE_MAGIC
        || Bytes.getInt(bytes, STORE_CRC_AT) != Bytes.crc32c(bytes, 0, STORE_CRC_AT)) {
      throw new WalDamagedException(STORE_FILE, 0, "the store file is not valid");
    }
    requireVersion(STORE_FILE, Bytes.getUnsignedShort(bytes, 8), VERSION);
    return getUuid(bytes, 16);
  }

  private static void requireVersion(String file, int version, int newest) {
    if (version < VERSION || version > newest) {
      throw new UnsupportedWalVersionException(file, 8, version, newest);
    }
  }

  private static void putUuid(byte[] bytes, int at, UUID uuid) {
    Bytes.putLong(bytes, at, uuid.getMostSignificantBits());
    Bytes.putLong(bytes, at + 8, uuid.getLeastSignificantBits());
  }

  private static UUID getUuid(byte[] bytes, int at) {
    return new UUID(Bytes.getLong(bytes, at), Bytes.getLong(bytes, at + 8));
  }
}

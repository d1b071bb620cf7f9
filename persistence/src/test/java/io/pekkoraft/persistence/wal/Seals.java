package io.pekkoraft.persistence.wal;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Puts right all checksums of mutated files, so that a reader sees what the checksums would have
 * kept from it: what somebody wrote on purpose, or an error of the writer.
 */
final class Seals {
  private static final int SECTOR = BatchHeader.SECTOR;

  private Seals() {}

  static Map<String, byte[]> reseal(Map<String, byte[]> files) {
    Map<String, byte[]> sealed = new HashMap<>();
    files.forEach((name, bytes) -> sealed.put(name, reseal(name, bytes.clone())));
    return sealed;
  }

  private static byte[] reseal(String name, byte[] bytes) {
    if (name.equals(SegmentFormat.STORE_FILE)) {
      put(bytes, 32, 0);
      return bytes;
    }
    put(bytes, 60, 0);
    boolean recycled = bytes.length >= SECTOR && SegmentFormat.isRecycled(bytes);
    if (recycled) {
      put(bytes, SectorStamps.firstBatch(bytes.length) - 4, SegmentFormat.HEADER_BYTES);
    }
    for (int at = SECTOR; at + SECTOR <= bytes.length; at += SECTOR) {
      if (Bytes.getInt(bytes, at) == BatchHeader.MAGIC) {
        batch(bytes, at, recycled);
      }
    }
    return bytes;
  }

  private static void batch(byte[] bytes, int at, boolean recycled) {
    int length = Bytes.getInt(bytes, at + 32);
    int body = at + BatchHeader.BYTES;
    if (length >= 0 && length <= bytes.length - body) {
      records(bytes, body, body + length);
      CRC32 crc = new CRC32();
      crc.update(bytes, body, length);
      int checksum = recycled ? (int) crc.getValue() : Bytes.crc32c(bytes, body, length);
      Bytes.putInt(bytes, at + 44, checksum);
    }
    Arrays.fill(bytes, at + 76, at + 79, (byte) 0);
    bytes[at + 79] = BatchHeader.HEADER_END;
    Bytes.putInt(bytes, at + 72, Bytes.crc32c(bytes, at, 72));
  }

  private static void records(byte[] bytes, int from, int to) {
    int at = from;
    while (to - at >= RecordFormat.HEADER_BYTES + 4) {
      int length = RecordFormat.length(bytes, at);
      if (length < RecordFormat.HEADER_BYTES + 4 || length > to - at) {
        return;
      }
      put(bytes, at + length - 4, at);
      at += length;
    }
  }

  private static void put(byte[] bytes, int at, int from) {
    if (at >= from && at + 4 <= bytes.length) {
      Bytes.putInt(bytes, at, Bytes.crc32c(bytes, from, at - from));
    }
  }
}

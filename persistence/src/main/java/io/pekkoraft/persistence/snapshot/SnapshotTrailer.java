package io.pekkoraft.persistence.snapshot;

import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind the content of a snapshot file ({@code docs/format.md}, "Snapshot files"): a
 * checksum for each chunk, so that a part can be verified without the rest. Files of earlier
 * versions have none.
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record SnapshotTrailer(long contentLength, int chunkSize, int[] checksums) {
  static final int CHUNK = 256 << 10;

  private static final long MAGIC = 0x5052534E41505452L; // "PRSNAPTR"
  private static final int VERSION = 1;
  private static final int END_BYTES = 28;

  byte[] encode() {
    ByteBuffer bytes = ByteBuffer.allocate(4 * checksums.length + END_BYTES);
    for (int checksum : checksums) {
      bytes.putInt(checksum);
    }
    bytes.putLong(MAGIC).putInt(VERSION).putInt(chunkSize).putLong(contentLength);
    bytes.putInt(crc(bytes.array(), 0, bytes.position()));
    return bytes.array();
  }

  /**
   * Reads the trailer of a file.
   *
   * @return null if there is none
   * @throws SnapshotDamagedException if there is one, but not as it was written
   * @throws UnsupportedSnapshotVersionException if a later version wrote it
   */
  static @Nullable SnapshotTrailer read(StorageFile file, String name) throws IOException {
    long size = file.size();
    if (size < END_BYTES) {
      return null;
    }
    byte[] end = new byte[END_BYTES];
    readFully(file, size - END_BYTES, end, END_BYTES, name);
    ByteBuffer fields = ByteBuffer.wrap(end);
    if (fields.getLong(0) != MAGIC) {
      return null;
    }
    int version = fields.getInt(8);
    int chunkSize = fields.getInt(12);
    long length = fields.getLong(16);
    if (chunkSize <= 0 || length < 0 || length > size - END_BYTES) {
      throw damaged(name);
    }
    if (version > VERSION && fields.getInt(24) == crc(file, length, size - 4, name)) {
      throw new UnsupportedSnapshotVersionException(
          name, "format version " + version + ", this library reads up to version " + VERSION);
    }
    if (version != VERSION) {
      throw damaged(name);
    }
    long count = (length + chunkSize - 1) / chunkSize;
    if (count > size / 4 || length + 4 * count + END_BYTES != size) {
      throw damaged(name);
    }
    byte[] all = new byte[(int) (4 * count) + END_BYTES];
    readFully(file, length, all, all.length, name);
    ByteBuffer bytes = ByteBuffer.wrap(all);
    if (bytes.getInt(all.length - 4) != crc(all, 0, all.length - 4)) {
      throw damaged(name);
    }
    int[] checksums = new int[(int) count];
    bytes.asIntBuffer().get(checksums);
    return new SnapshotTrailer(length, chunkSize, checksums);
  }

  private static SnapshotDamagedException damaged(String name) {
    return new SnapshotDamagedException(
        "snapshot file " + name + " is damaged: its checksums are not as written");
  }

  /** Reads the chunk that holds a position, and verifies it. */
  byte[] readChunk(StorageFile file, int chunk, String name) throws IOException {
    long from = (long) chunk * chunkSize;
    byte[] bytes = new byte[(int) Math.min(chunkSize, contentLength - from)];
    readFully(file, from, bytes, bytes.length, name);
    if (crc(bytes, 0, bytes.length) != checksums[chunk]) {
      throw new SnapshotDamagedException(
          "snapshot file "
              + name
              + " is damaged between its bytes "
              + from
              + " and "
              + (from + bytes.length));
    }
    return bytes;
  }

  /** Reads so many bytes, all or none. */
  static void readFully(StorageFile file, long position, byte[] target, int count, String name)
      throws IOException {
    if (file.read(position, target, 0, count) < count) {
      throw new SnapshotDamagedException("snapshot file " + name + " is shorter than it should be");
    }
  }

  /** Of a part of a file, read in pieces. */
  private static int crc(StorageFile file, long from, long to, String name) throws IOException {
    CRC32C crc = new CRC32C();
    byte[] piece = new byte[(int) Math.min(CHUNK, to - from)];
    for (long at = from; at < to; at += piece.length) {
      int count = (int) Math.min(piece.length, to - at);
      readFully(file, at, piece, count, name);
      crc.update(piece, 0, count);
    }
    return (int) crc.getValue();
  }

  static int crc(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }
}

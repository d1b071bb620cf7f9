package io.pekkoraft.persistence.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The layout of a file of {@link FileSnapshotStore} ({@code docs/format.md}, "Stored snapshot"): a
 * header with lengths and checksums, the persistence id, the object, its metadata if any.
 */
record StoredObject(
    String persistenceId,
    long sequenceNr,
    long timestamp,
    Serialized object,
    @Nullable Serialized metadata) {

  private static final long MAGIC = 0x50525354534E4150L; // "PRSTSNAP"
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 44;
  private static final int CRC_AT = 40;

  /** An object as Pekko's serialization wrote it. */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  record Serialized(int serializerId, String manifest, byte[] bytes) {}

  byte[] encode() {
    byte[] id = persistenceId.getBytes(UTF_8);
    int size = 4 + id.length + size(object) + 1 + (metadata == null ? 0 : size(metadata));
    ByteBuffer buffer = ByteBuffer.allocate(HEADER_BYTES + size);
    buffer.position(HEADER_BYTES);
    buffer.putInt(id.length).put(id);
    put(buffer, object);
    buffer.put((byte) (metadata == null ? 0 : 1));
    if (metadata != null) {
      put(buffer, metadata);
    }
    byte[] file = buffer.array();
    buffer.position(0);
    buffer.putLong(MAGIC).putInt(VERSION).putInt(size);
    buffer.putInt(crc(file, HEADER_BYTES, size)).putInt(0);
    buffer.putLong(sequenceNr).putLong(timestamp);
    buffer.putInt(crc(file, 0, CRC_AT));
    return file;
  }

  private static int size(Serialized object) {
    return 12 + object.manifest().getBytes(UTF_8).length + object.bytes().length;
  }

  private static void put(ByteBuffer buffer, Serialized object) {
    byte[] manifest = object.manifest().getBytes(UTF_8);
    buffer.putInt(object.serializerId()).putInt(manifest.length).putInt(object.bytes().length);
    buffer.put(manifest).put(object.bytes());
  }

  /** What is wrong with a file, or the empty string. */
  static String defect(byte[] file) {
    if (file.length < HEADER_BYTES) {
      return "it is cut off";
    }
    ByteBuffer buffer = ByteBuffer.wrap(file);
    if (buffer.getLong(0) != MAGIC || buffer.getInt(CRC_AT) != crc(file, 0, CRC_AT)) {
      return "its header is not valid";
    }
    if (buffer.getInt(8) != VERSION) {
      return "format version " + buffer.getInt(8) + ", this library reads version " + VERSION;
    }
    int size = buffer.getInt(12);
    if (size != file.length - HEADER_BYTES) {
      return "it has " + (file.length - HEADER_BYTES) + " bytes of content instead of " + size;
    }
    if (buffer.getInt(16) != crc(file, HEADER_BYTES, size)) {
      return "its checksum is wrong";
    }
    return lengthsAddUp(buffer) ? "" : "the lengths in it do not add up";
  }

  private static boolean lengthsAddUp(ByteBuffer buffer) {
    long at = HEADER_BYTES;
    long id = length(buffer, at);
    at = id < 0 ? -1 : afterObject(buffer, at + 4 + id);
    if (at < 0 || at >= buffer.limit()) {
      return false;
    }
    boolean hasMetadata = buffer.get((int) at) != 0;
    at++;
    return (hasMetadata ? afterObject(buffer, at) : at) == buffer.limit();
  }

  /** The end of an object that starts at {@code at}, or -1 if it does not fit. */
  private static long afterObject(ByteBuffer buffer, long at) {
    long manifest = length(buffer, at + 4);
    long bytes = length(buffer, at + 8);
    long end = at + 12 + manifest + bytes;
    return manifest < 0 || bytes < 0 || end > buffer.limit() ? -1 : end;
  }

  /** The length that stands at {@code at}, or -1 if there is none or it is negative. */
  private static long length(ByteBuffer buffer, long at) {
    return at + 4 > buffer.limit() ? -1 : Math.max(-1, buffer.getInt((int) at));
  }

  /** Whether a file that has a {@link #defect} has it because a later version wrote it. */
  static boolean isNewer(byte[] file) {
    if (file.length < HEADER_BYTES) {
      return false;
    }
    ByteBuffer buffer = ByteBuffer.wrap(file);
    return buffer.getLong(0) == MAGIC
        && buffer.getInt(CRC_AT) == crc(file, 0, CRC_AT)
        && buffer.getInt(8) > VERSION;
  }

  /** Reads a file that has no {@link #defect}. */
  static StoredObject decode(byte[] file) {
    ByteBuffer buffer = ByteBuffer.wrap(file);
    long sequenceNr = buffer.getLong(24);
    long timestamp = buffer.getLong(32);
    buffer.position(HEADER_BYTES);
    String id = new String(take(buffer, buffer.getInt()), UTF_8);
    Serialized object = serialized(buffer);
    Serialized metadata = buffer.get() == 0 ? null : serialized(buffer);
    return new StoredObject(id, sequenceNr, timestamp, object, metadata);
  }

  private static Serialized serialized(ByteBuffer buffer) {
    int serializerId = buffer.getInt();
    int manifestLength = buffer.getInt();
    int length = buffer.getInt();
    String manifest = new String(take(buffer, manifestLength), UTF_8);
    return new Serialized(serializerId, manifest, take(buffer, length));
  }

  private static byte[] take(ByteBuffer buffer, int length) {
    byte[] bytes = new byte[length];
    buffer.get(bytes);
    return bytes;
  }

  private static int crc(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }
}

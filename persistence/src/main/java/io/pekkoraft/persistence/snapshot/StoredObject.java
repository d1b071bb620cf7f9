package io.pekkoraft.persistence.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot that Pekko Persistence saves, serialized. {@link StoredObjectFile} has the layout of
 * its file; that of the version before is here.
 */
record StoredObject(
    String persistenceId,
    long sequenceNr,
    long timestamp,
    Serialized object,
    @Nullable Serialized metadata) {

  private static final int HEADER_BYTES = StoredObjectFile.HEADER_BYTES;
  private static final int MAX_VERSION_1_BYTES = 1 << 30;

  /** An object as Pekko's serialization wrote it. */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  record Serialized(int serializerId, String manifest, byte[] bytes) {}

  /**
   * Reads a file of version 1, which has one checksum for all of its body.
   *
   * @throws StoredObjectFile.Defect if it is not as it was written
   */
  static StoredObject readVersion1(StorageFile file) throws IOException, StoredObjectFile.Defect {
    byte[] bytes = new byte[(int) Math.min(file.size(), MAX_VERSION_1_BYTES)];
    file.read(0, bytes, 0, bytes.length);
    String defect = defect(bytes);
    if (!defect.isEmpty()) {
      throw new StoredObjectFile.Defect(defect, false);
    }
    return decode(bytes);
  }

  /** What is wrong with a file whose header is valid, or the empty string. */
  private static String defect(byte[] file) {
    ByteBuffer buffer = ByteBuffer.wrap(file);
    int size = buffer.getInt(12);
    if (size != file.length - HEADER_BYTES) {
      return "it has " + (file.length - HEADER_BYTES) + " bytes of content instead of " + size;
    }
    if (buffer.getInt(16) != SnapshotTrailer.crc(file, HEADER_BYTES, size)) {
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

  /** Reads a file that has no {@link #defect}. */
  private static StoredObject decode(byte[] file) {
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
}

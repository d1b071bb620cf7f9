package io.pekkoraft.persistence.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the file of a stored snapshot ({@code docs/format.md}, "Stored snapshots"),
 * chunk by chunk: in memory are the object that Pekko's serialization has made, and one chunk.
 */
final class StoredObjectFile {
  static final long MAGIC = 0x50525354534E4150L; // "PRSTSNAP"
  static final int VERSION = 2;
  static final int HEADER_BYTES = 44;
  static final int CHUNK_BYTES = 256 << 10;
  static final int VERSION_AT = 8;
  static final int HEADER_CRC_AT = 40;

  /** Id, manifests and metadata of a file of version 1 take less. */
  private static final long MORE_THAN_THE_OBJECT = 1 << 20;

  private StoredObjectFile() {}

  /** A file is not as it was written. */
  static final class Defect extends Exception {
    private static final long serialVersionUID = 1;
    private final boolean newer;

    Defect(String what, boolean newer) {
      super(what);
      this.newer = newer;
    }

    /** Whether a later version of this library wrote it. */
    boolean isNewer() {
      return newer;
    }

    String what() {
      return String.valueOf(getMessage());
    }
  }

  /** Writes a whole file; the caller flushes it. */
  static void write(StorageFile file, StoredObject snapshot) throws IOException {
    byte[] id = snapshot.persistenceId().getBytes(UTF_8);
    StoredObject.Serialized metadata = snapshot.metadata();
    long length =
        4L + id.length + size(snapshot.object()) + 1 + (metadata == null ? 0 : size(metadata));
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.putLong(MAGIC).putInt(VERSION).putInt(CHUNK_BYTES).putLong(length);
    header.putLong(snapshot.sequenceNr()).putLong(snapshot.timestamp());
    header.putInt(SnapshotTrailer.crc(header.array(), 0, HEADER_CRC_AT));
    file.write(0, header.array(), 0, HEADER_BYTES);

    ChunkedOutput body = new ChunkedOutput(file, HEADER_BYTES, length, CHUNK_BYTES);
    body.put(id.length);
    body.put(id);
    put(body, snapshot.object());
    body.put((byte) (metadata == null ? 0 : 1));
    if (metadata != null) {
      put(body, metadata);
    }
    body.end();
  }

  private static long size(StoredObject.Serialized object) {
    return 12L + object.manifest().getBytes(UTF_8).length + object.bytes().length;
  }

  private static void put(ChunkedOutput body, StoredObject.Serialized object) throws IOException {
    byte[] manifest = object.manifest().getBytes(UTF_8);
    body.put(object.serializerId());
    body.put(manifest.length);
    body.put(object.bytes().length);
    body.put(manifest);
    body.put(object.bytes());
  }

  /**
   * Reads a whole file of this version or the one before.
   *
   * @param maxObjectBytes of the object in it
   * @throws Defect if it is not as it was written
   * @throws SnapshotTooLargeException if the object is larger
   */
  static StoredObject read(StorageFile file, int maxObjectBytes) throws IOException, Defect {
    long size = file.size();
    if (size < HEADER_BYTES) {
      throw new Defect("it is cut off", false);
    }
    byte[] bytes = new byte[HEADER_BYTES];
    file.read(0, bytes, 0, HEADER_BYTES);
    ByteBuffer header = ByteBuffer.wrap(bytes);
    if (header.getLong(0) != MAGIC
        || header.getInt(HEADER_CRC_AT) != SnapshotTrailer.crc(bytes, 0, HEADER_CRC_AT)) {
      throw new Defect("its header is not valid", false);
    }
    int version = header.getInt(VERSION_AT);
    if (version == 1) {
      if (size > maxObjectBytes + MORE_THAN_THE_OBJECT) {
        throw new SnapshotTooLargeException(
            "a snapshot's file has " + size + " bytes", maxObjectBytes);
      }
      return StoredObject.readVersion1(file);
    }
    if (version != VERSION) {
      throw new Defect(
          "format version " + version + ", this library reads versions 1 to " + VERSION,
          version > VERSION);
    }
    ChunkedInput body =
        ChunkedInput.of(file, HEADER_BYTES, header.getLong(16), header.getInt(12), size);
    String id = new String(body.take(body.takeInt()), UTF_8);
    StoredObject.Serialized object = take(body, maxObjectBytes);
    StoredObject.@Nullable Serialized metadata =
        body.takeByte() == 0 ? null : take(body, maxObjectBytes);
    body.end();
    return new StoredObject(id, header.getLong(24), header.getLong(32), object, metadata);
  }

  private static StoredObject.Serialized take(ChunkedInput body, int maxObjectBytes)
      throws IOException, Defect {
    int serializerId = body.takeInt();
    int manifestLength = body.takeInt();
    int length = body.takeInt();
    if (length > maxObjectBytes) {
      throw new SnapshotTooLargeException(
          "a snapshot's object has " + length + " bytes", maxObjectBytes);
    }
    String manifest = new String(body.take(manifestLength), UTF_8);
    return new StoredObject.Serialized(serializerId, manifest, body.take(length));
  }
}

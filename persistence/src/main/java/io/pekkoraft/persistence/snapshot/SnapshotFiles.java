package io.pekkoraft.persistence.snapshot;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The snapshot files of one member of one group, in a directory of their own. A file has its final
 * name only when it is whole and flushed, and names are made here, never taken from the network.
 * Not safe for use by several threads, but a writer, a reader and a receiver may work beside each
 * other.
 */
public final class SnapshotFiles implements AutoCloseable {
  static final String TEMPORARY = "temporary-";
  static final String SNAPSHOT = "snapshot-";
  static final String DAMAGED = ".damaged";
  private static final String NEEDS_READMISSION =
      "put the file back from a copy; without it this member takes no part, and the others go on"
          + " (this version cannot admit a member anew)";
  private static final int BUFFER = 64 * 1024;

  private final Storage storage;

  private SnapshotFiles(Storage storage) {
    this.storage = storage;
  }

  /**
   * Opens the files of a directory, and removes what an earlier crash left half written.
   *
   * @param storage the directory, from now on in the hands of what is returned
   */
  public static SnapshotFiles open(Storage storage) throws IOException {
    for (String name : storage.list()) {
      if (name.startsWith(TEMPORARY)) {
        storage.delete(name);
      }
    }
    return new SnapshotFiles(storage);
  }

  Storage storage() {
    return storage;
  }

  /** Starts a file for the snapshot that includes everything up to {@code index}. */
  public SnapshotWriter create(long index) throws IOException {
    return new SnapshotWriter(this, index, "own");
  }

  /** Starts a file for a snapshot that another member sends. */
  public SnapshotWriter receive(long index) throws IOException {
    return new SnapshotWriter(this, index, "received");
  }

  /**
   * Reads a part, so that it can be sent.
   *
   * @return the bytes from {@code offset} on, at most {@code maxBytes}; none at or beyond the end,
   *     or if the file is gone
   * @throws IOException if it cannot be read
   */
  public byte[] readPart(String name, long offset, int maxBytes) throws IOException {
    check(name);
    try (StorageFile file = storage.openForReading(name)) {
      SnapshotTrailer trailer = SnapshotTrailer.read(file, name);
      long end = trailer == null ? file.size() : trailer.contentLength();
      byte[] bytes = new byte[(int) Math.max(0, Math.min(maxBytes, end - offset))];
      if (trailer == null || bytes.length == 0) {
        SnapshotTrailer.readFully(file, offset, bytes, bytes.length, name);
      } else {
        copyVerified(file, trailer, name, offset, bytes);
      }
      return bytes;
    } catch (NoSuchFileException e) {
      return new byte[0];
    }
  }

  private static void copyVerified(
      StorageFile file, SnapshotTrailer trailer, String name, long offset, byte[] target)
      throws IOException {
    int copied = 0;
    while (copied < target.length) {
      long position = offset + copied;
      byte[] chunk = trailer.readChunk(file, (int) (position / trailer.chunkSize()), name);
      int at = (int) (position % trailer.chunkSize());
      int count = Math.min(chunk.length - at, target.length - copied);
      System.arraycopy(chunk, at, target, copied, count);
      copied += count;
    }
  }

  /**
   * Opens a file after it has been checked against its length and hash. A damaged one is put aside,
   * under a name that ends in {@code .damaged}. The file is read in pieces, never as a whole.
   *
   * @throws SnapshotDamagedException if it is missing or other than it was written
   * @throws UnsupportedSnapshotVersionException if a later version wrote it; it stays
   */
  public InputStream openVerified(SnapshotFile file) throws IOException {
    check(file.name());
    String path = path(file.name());
    StorageFile data;
    try {
      data = storage.openForReading(file.name());
    } catch (NoSuchFileException e) {
      throw new SnapshotDamagedException(
          "snapshot file "
              + path
              + " is missing"
              + putAsideText(file.name())
              + "; "
              + NEEDS_READMISSION);
    }
    boolean opened = false;
    try {
      SnapshotTrailer trailer = SnapshotTrailer.read(data, path);
      long length = trailer == null ? data.size() : trailer.contentLength();
      String hash = hash(data, length, path);
      if (length != file.length() || !hash.equals(file.contentHash())) {
        throw damaged(path, length, hash, file);
      }
      SnapshotTrailer checksums = trailer == null ? whole(data, length, path) : trailer;
      opened = true;
      return new SnapshotInput(data, checksums, path);
    } catch (SnapshotDamagedException damage) {
      putAside(file.name());
      throw new SnapshotDamagedException(damage.getMessage() + "; " + NEEDS_READMISSION);
    } finally {
      if (!opened) {
        data.close();
      }
    }
  }

  private String path(String name) {
    return storage.describe() + "/" + name;
  }

  private String putAsideText(String name) throws IOException {
    return storage.list().contains(name + DAMAGED)
        ? " (it was found damaged before and put aside)"
        : "";
  }

  private void putAside(String name) throws IOException {
    storage.rename(name, name + DAMAGED);
    storage.syncDirectory();
  }

  /** Checksums for a file that has none with it. */
  private static SnapshotTrailer whole(StorageFile file, long length, String path)
      throws IOException {
    int[] checksums = new int[(int) ((length + SnapshotTrailer.CHUNK - 1) / SnapshotTrailer.CHUNK)];
    for (int i = 0; i < checksums.length; i++) {
      long from = (long) i * SnapshotTrailer.CHUNK;
      byte[] chunk = new byte[(int) Math.min(SnapshotTrailer.CHUNK, length - from)];
      SnapshotTrailer.readFully(file, from, chunk, chunk.length, path);
      checksums[i] = SnapshotTrailer.crc(chunk, 0, chunk.length);
    }
    return new SnapshotTrailer(length, SnapshotTrailer.CHUNK, checksums);
  }

  static String hash(StorageFile file, long length, String path) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER];
    long at = 0;
    while (at < length) {
      int count = (int) Math.min(length - at, buffer.length);
      SnapshotTrailer.readFully(file, at, buffer, count, path);
      digest.update(buffer, 0, count);
      at += count;
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static SnapshotDamagedException damaged(
      String path, long length, String hash, SnapshotFile expected) {
    return new SnapshotDamagedException(
        "snapshot file "
            + path
            + " is damaged: it has "
            + length
            + " bytes and hash "
            + hash
            + ", expected "
            + expected.length()
            + " and "
            + expected.contentHash());
  }

  /**
   * Removes the snapshots that end before {@code index}. Later ones stay, also such that nobody
   * knows of yet.
   */
  public void deleteBefore(long index) throws IOException {
    String first = name(index, "");
    for (String name : storage.list()) {
      if (name.startsWith(SNAPSHOT) && name.compareTo(first) < 0) {
        storage.delete(name);
      }
    }
  }

  /** Names sort by index. */
  private static String name(long index, String suffix) {
    return SNAPSHOT + String.format(Locale.ROOT, "%019d", index) + "-" + suffix;
  }

  static String temporary(String kind, long index) {
    return TEMPORARY + kind + "-" + index;
  }

  /** Gives a written and flushed file its final name, durably. */
  SnapshotFile publish(String temporary, long index, long length, String contentHash)
      throws IOException {
    String name = name(index, contentHash.substring(0, 16));
    storage.rename(temporary, name);
    storage.syncDirectory();
    return new SnapshotFile(name, length, contentHash);
  }

  private static void check(String name) throws IOException {
    if (!name.startsWith(SNAPSHOT) || name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
      throw new SnapshotDamagedException("'" + name + "' is not the name of a snapshot file");
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Gives the directory up. */
  @Override
  public void close() throws IOException {
    storage.close();
  }
}

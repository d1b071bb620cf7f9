package io.pekkoraft.persistence.snapshot;

import io.pekkoraft.persistence.file.DirectoryStorage;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;

/**
 * The snapshot files of one member of one group, in a directory of their own. A file has its final
 * name only when it is whole and flushed, and names are made here, never taken from the network.
 * Not safe for use by several threads, but a writer, a reader and a receiver may work beside each
 * other.
 */
public final class SnapshotFiles {
  private static final String TEMPORARY = "temporary-";
  private static final String SNAPSHOT = "snapshot-";
  private static final String NEEDS_READMISSION =
      "this member needs readmission: empty its data directory and admit it again";
  private static final int BUFFER = 64 * 1024;

  private final Path directory;

  private SnapshotFiles(Path directory) {
    this.directory = directory;
  }

  /**
   * Opens the directory, creates it (0700) if need be, and removes what an earlier crash left half
   * written.
   *
   * @throws IOException if it cannot be used: a symbolic link, not a directory, no permission
   */
  public static SnapshotFiles open(Path directory) throws IOException {
    if (Files.isSymbolicLink(directory)) {
      throw new IOException(
          "snapshot directory " + directory + " is a symbolic link; configure the real directory");
    }
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      syncDirectory(Objects.requireNonNullElse(directory.toAbsolutePath().getParent(), directory));
    }
    SnapshotFiles files = new SnapshotFiles(directory);
    files.deleteTemporary();
    return files;
  }

  private void deleteTemporary() throws IOException {
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory, TEMPORARY + "*")) {
      for (Path path : paths) {
        Files.deleteIfExists(path);
      }
    }
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
    Path path = resolve(name);
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      return new byte[0];
    }
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      SnapshotTrailer trailer = SnapshotTrailer.read(file, name);
      long end = trailer == null ? file.length() : trailer.contentLength();
      byte[] bytes = new byte[(int) Math.max(0, Math.min(maxBytes, end - offset))];
      if (trailer == null || bytes.length == 0) {
        file.seek(offset);
        file.readFully(bytes);
      } else {
        copyVerified(file, trailer, name, offset, bytes);
      }
      return bytes;
    } catch (FileNotFoundException e) {
      return new byte[0]; // removed just now
    }
  }

  private static void copyVerified(
      RandomAccessFile file, SnapshotTrailer trailer, String name, long offset, byte[] target)
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
   */
  public InputStream openVerified(SnapshotFile file) throws IOException {
    Path path = resolve(file.name());
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new SnapshotDamagedException(
          "snapshot file " + path + " is missing" + putAsideText(path) + "; " + NEEDS_READMISSION);
    }
    RandomAccessFile data = new RandomAccessFile(path.toFile(), "r");
    boolean opened = false;
    try {
      SnapshotTrailer trailer = SnapshotTrailer.read(data, path.toString());
      long length = trailer == null ? data.length() : trailer.contentLength();
      String hash = hash(data, length);
      if (length != file.length() || !hash.equals(file.contentHash())) {
        throw damaged(path, length, hash, file);
      }
      data.seek(0);
      opened = true;
      return trailer == null
          ? new BufferedInputStream(new FileInputStream(data.getFD()), BUFFER)
          : new SnapshotInput(data, trailer, path.toString());
    } catch (SnapshotDamagedException damage) {
      putAside(path);
      throw new SnapshotDamagedException(damage.getMessage() + "; " + NEEDS_READMISSION);
    } finally {
      if (!opened) {
        data.close();
      }
    }
  }

  private static String putAsideText(Path path) {
    return Files.exists(damagedName(path)) ? " (it was found damaged before and put aside)" : "";
  }

  private static Path damagedName(Path path) {
    return path.resolveSibling(path.getFileName() + ".damaged");
  }

  private void putAside(Path path) throws IOException {
    Files.move(path, damagedName(path), StandardCopyOption.ATOMIC_MOVE);
    syncDirectory(directory);
  }

  private static String hash(RandomAccessFile file, long length) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER];
    file.seek(0);
    long left = length;
    while (left > 0) {
      int count = (int) Math.min(left, buffer.length);
      file.readFully(buffer, 0, count);
      digest.update(buffer, 0, count);
      left -= count;
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static SnapshotDamagedException damaged(
      Path path, long length, String hash, SnapshotFile expected) {
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
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory, SNAPSHOT + "*")) {
      for (Path path : paths) {
        if (String.valueOf(path.getFileName()).compareTo(first) < 0) {
          Files.deleteIfExists(path);
        }
      }
    }
  }

  /** Names sort by index. */
  private static String name(long index, String suffix) {
    return SNAPSHOT + String.format(Locale.ROOT, "%019d", index) + "-" + suffix;
  }

  Path temporary(String kind, long index) {
    return directory.resolve(TEMPORARY + kind + "-" + index);
  }

  /** Gives a written and flushed file its final name, durably. */
  SnapshotFile publish(Path temporary, long index, long length, String contentHash)
      throws IOException {
    String name = name(index, contentHash.substring(0, 16));
    Files.move(temporary, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    syncDirectory(directory);
    return new SnapshotFile(name, length, contentHash);
  }

  private Path resolve(String name) throws IOException {
    if (!name.startsWith(SNAPSHOT) || name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
      throw new SnapshotDamagedException("'" + name + "' is not the name of a snapshot file");
    }
    return directory.resolve(name);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void syncDirectory(Path directory) throws IOException {
    DirectoryStorage.sync(directory);
  }
}

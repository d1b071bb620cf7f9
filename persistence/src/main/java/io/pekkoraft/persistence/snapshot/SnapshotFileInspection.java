package io.pekkoraft.persistence.snapshot;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks at the files of {@link SnapshotFiles} that nobody has open, changing nothing. */
public final class SnapshotFileInspection {
  private static final Pattern NAME =
      Pattern.compile(SnapshotFiles.SNAPSHOT + "([0-8]\\d{18})-([0-9a-f]{16})(\\.damaged)?");

  private SnapshotFileInspection() {}

  /** What a file is, by its name. */
  public enum Kind {
    /** A snapshot. */
    SNAPSHOT,
    /** One that a start has found damaged. */
    PUT_ASIDE,
    /** One that was not written to its end; the next start deletes it. */
    UNFINISHED,
    /** Not of this library. */
    FOREIGN
  }

  /**
   * One file.
   *
   * @param index of the last entry that the snapshot includes, by its name
   * @param bytes the size of the file
   * @param length the bytes of the content; this and the hash only if nothing is wrong
   * @param contentHash SHA-256 of the content, hexadecimal
   * @param defect what is wrong with it, or empty; only of {@link Kind#SNAPSHOT}
   * @param offset where that is
   * @param newer whether what is wrong is that a later version of the library wrote it
   */
  public record File(
      String name,
      Kind kind,
      long index,
      long bytes,
      long length,
      String contentHash,
      String defect,
      long offset,
      boolean newer) {
    File damaged(String what, long at) {
      return new File(name, kind, index, bytes, 0, "", what, at, false);
    }

    File newer(String what) {
      return new File(name, kind, index, bytes, 0, "", what, 0, true);
    }
  }

  /** Whether the directory holds anything of snapshot files. */
  public static boolean isApplicable(Storage storage) throws IOException {
    return storage.list().stream().anyMatch(name -> kind(name) != Kind.FOREIGN);
  }

  /** All files of a directory, sorted by name; reads all of their bytes. */
  public static List<File> inspect(Storage storage) throws IOException {
    List<File> files = new ArrayList<>();
    for (String name : storage.list()) {
      files.add(inspect(storage, name));
    }
    return files;
  }

  private static Kind kind(String name) {
    if (name.startsWith(SnapshotFiles.TEMPORARY)) {
      return Kind.UNFINISHED;
    }
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return Kind.FOREIGN;
    }
    return matcher.group(3) == null ? Kind.SNAPSHOT : Kind.PUT_ASIDE;
  }

  private static File inspect(Storage storage, String name) throws IOException {
    Kind kind = kind(name);
    try (StorageFile data = storage.openForReading(name)) {
      Matcher matcher = NAME.matcher(name);
      long index = matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
      File file = new File(name, kind, index, data.size(), 0, "", "", 0, false);
      return kind == Kind.SNAPSHOT ? verify(data, file, matcher.group(2)) : file;
    }
  }

  private static File verify(StorageFile data, File file, String hashInName) throws IOException {
    SnapshotTrailer trailer;
    try {
      trailer = SnapshotTrailer.read(data, file.name());
    } catch (SnapshotDamagedException damage) {
      return file.damaged("the checksums behind its content are not as written", file.bytes());
    } catch (UnsupportedSnapshotVersionException newer) {
      return file.newer(String.valueOf(newer.getMessage()));
    }
    long length = trailer == null ? file.bytes() : trailer.contentLength();
    MessageDigest digest = SnapshotFiles.sha256();
    for (int i = 0; trailer != null && i < trailer.checksums().length; i++) {
      try {
        digest.update(trailer.readChunk(data, i, file.name()));
      } catch (SnapshotDamagedException damage) {
        long at = (long) i * trailer.chunkSize();
        long end = Math.min(at + trailer.chunkSize(), length);
        return file.damaged("its bytes " + at + " to " + end + " are not as written", at);
      }
    }
    String hash =
        trailer == null
            ? SnapshotFiles.hash(data, length, file.name())
            : HexFormat.of().formatHex(digest.digest());
    if (!hash.startsWith(hashInName)) {
      return trailer == null
          ? file.damaged(
              "no checksums stand behind its content, and it is not what its name says: it was"
                  + " cut off or changed",
              0)
          : file.damaged("it is whole, but another's: its name does not fit its content", 0);
    }
    return new File(
        file.name(), file.kind(), file.index(), file.bytes(), length, hash, "", 0, false);
  }
}

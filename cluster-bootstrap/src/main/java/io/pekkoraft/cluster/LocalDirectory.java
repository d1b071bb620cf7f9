package io.pekkoraft.cluster;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.pekkoraft.persistence.StoreDirectories;
import io.pekkoraft.persistence.file.DirectoryStorage;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a data directory must be like on the local file system, where others have been: no links, no
 * foreign content, nobody else's eyes.
 */
final class LocalDirectory {
  private static final String IDENTITY_NEW = DataDirectory.IDENTITY + ".new";

  /** What locks it, and what locked it in older versions. */
  private static final String LOCK = "lock";

  private static final String OLD_LOCK = "LOCK";

  private static final List<String> NO_LINKS =
      List.of(
          DataDirectory.IDENTITY,
          IDENTITY_NEW,
          LOCK,
          StoreDirectories.JOURNAL,
          StoreDirectories.DESCRIPTORS);

  /** What may stand in a directory whose IDENTITY was not finished, or that is a mount point. */
  private static final Set<String> MAY_PRECEDE_IDENTITY =
      Set.of(IDENTITY_NEW, LOCK, OLD_LOCK, "lost+found");

  private static final Set<PosixFilePermission> OWNER_DIRECTORY =
      PosixFilePermissions.fromString("rwx------");

  private LocalDirectory() {}

  /**
   * Creates it if there is none, and makes it the owner's alone.
   *
   * @throws OperatorException if it must not be used
   */
  static void prepare(Path directory) throws IOException {
    create(directory);
    if (!Files.exists(directory.resolve(DataDirectory.IDENTITY), NOFOLLOW_LINKS)) {
      refuseForeignContent(directory);
    }
    for (String name : NO_LINKS) {
      if (Files.isSymbolicLink(directory.resolve(name))) {
        throw DataDirectory.refuse(
            directory, "has a symbolic link in it, '" + name + "'; put the real one there");
      }
    }
    makeOwnersAlone(directory);
  }

  private static void create(Path directory) throws IOException {
    if (Files.isSymbolicLink(directory)) {
      throw DataDirectory.refuse(directory, "is a symbolic link; name the directory itself");
    }
    if (Files.exists(directory, NOFOLLOW_LINKS)) {
      if (!Files.isDirectory(directory, NOFOLLOW_LINKS)) {
        throw DataDirectory.refuse(directory, "is not a directory");
      }
      return;
    }
    DirectoryStorage.createDirectory(directory);
  }

  /** Others cannot make it theirs alone: the system allows it to the owner only, and to root. */
  private static void makeOwnersAlone(Path directory) throws IOException {
    try {
      Files.setPosixFilePermissions(directory, OWNER_DIRECTORY);
    } catch (FileSystemException refused) {
      if (Files.getFileStore(directory).isReadOnly()) {
        throw DataDirectory.refuse(
            directory,
            "is on a file system that is mounted read-only. Mount it for writing, or choose another"
                + " data directory");
      }
      throw DataDirectory.refuse(
          directory,
          "belongs to the user '"
              + Files.getOwner(directory)
              + "', and this process may not change it ("
              + refused.getReason()
              + "). Run the node as that user, or give the node's user the directory (chown -R)");
    }
  }

  /**
   * The directory that a path means, as text and to the system alike: these differ if {@code ..}
   * follows a symbolic link.
   *
   * @throws OperatorException if they differ
   */
  static Path requireUnambiguous(Path configured) {
    Path walked = configured.toAbsolutePath();
    Path before = walked.getRoot();
    for (Path name : walked) {
      if (name.toString().equals("..") && Files.isSymbolicLink(before)) {
        throw DataDirectory.refuse(
            configured,
            "leads through '..' behind a symbolic link, '"
                + before
                + "'; name the directory without '..'");
      }
      before = before.resolve(name);
    }
    return walked.normalize();
  }

  private static void refuseForeignContent(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      @Nullable Path foreign =
          files
              .filter(file -> !MAY_PRECEDE_IDENTITY.contains(String.valueOf(file.getFileName())))
              .findFirst()
              .orElse(null);
      if (foreign != null) {
        throw DataDirectory.refuse(
            directory,
            "has no IDENTITY file but is not empty ('"
                + foreign.getFileName()
                + "' is there). If it is a node's, its"
                + " IDENTITY was lost: restore it. Otherwise choose an empty directory");
      }
    }
  }
}

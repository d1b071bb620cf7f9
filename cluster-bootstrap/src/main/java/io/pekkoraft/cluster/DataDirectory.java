package io.pekkoraft.cluster;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import io.pekkoraft.log.NodeId;
import io.pekkoraft.persistence.StoreDirectories;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory that holds all that a node must not forget, in all its groups, and says whose it
 * is. One process has it at a time.
 *
 * <p>It has a number, the <em>incarnation</em>, drawn when the directory is created: a node that
 * comes back without its directory comes back as another one.
 */
final class DataDirectory implements AutoCloseable {
  private static final String IDENTITY = "IDENTITY";
  private static final String IDENTITY_NEW = "IDENTITY.new";
  private static final String LOCK = "LOCK";

  /** Before a group's name: a name alone could be that of another file, or "..". */
  private static final String GROUP = "group-";

  private static final String JOURNAL = StoreDirectories.JOURNAL;
  private static final String DESCRIPTORS = StoreDirectories.DESCRIPTORS;

  /** What may stand in a directory whose IDENTITY was not finished, or that is a mount point. */
  private static final Set<String> MAY_PRECEDE_IDENTITY = Set.of(IDENTITY_NEW, LOCK, "lost+found");

  private static final Set<PosixFilePermission> OWNER_DIRECTORY =
      PosixFilePermissions.fromString("rwx------");

  private final Path path;
  private final FileChannel lock;
  private final LocalNode owner;

  private DataDirectory(Path path, FileChannel lock, LocalNode owner) {
    this.path = path;
    this.lock = lock;
    this.owner = owner;
  }

  /**
   * Opens the directory of a node, creating it if there is none.
   *
   * @param random draws the incarnation of a new directory
   * @throws OperatorException if it is not this node's, in use, or cannot be used
   */
  static DataDirectory open(Path path, String cluster, NodeId node, LongSupplier random) {
    Path directory = path.toAbsolutePath().normalize();
    try {
      create(directory);
      FileChannel lock = lock(directory);
      try {
        return new DataDirectory(directory, lock, owner(directory, cluster, node, random));
      } catch (IOException | RuntimeException failed) {
        lock.close();
        throw failed;
      }
    } catch (AccessDeniedException denied) {
      throw refuse(directory, "cannot be used: no permission for " + denied.getFile());
    } catch (IOException failed) {
      throw refuse(directory, "cannot be used: " + failed);
    }
  }

  Path path() {
    return path;
  }

  /** Whose it is. */
  LocalNode owner() {
    return owner;
  }

  /**
   * The part of a group, created if there is none.
   *
   * @param name a valid name, see {@link io.pekkoraft.log.Names}
   * @throws OperatorException if it cannot be used
   */
  GroupDirectory group(String name) {
    Path group = path.resolve(GROUP + name);
    try {
      if (Files.isSymbolicLink(group)) {
        throw refuse(path, linked(GROUP + name));
      }
      if (!Files.exists(group, NOFOLLOW_LINKS)) {
        Files.createDirectory(group, PosixFilePermissions.asFileAttribute(OWNER_DIRECTORY));
        DurableText.sync(path);
      }
      return new GroupDirectory(group);
    } catch (IOException failed) {
      throw refuse(path, "cannot be used: " + failed);
    }
  }

  /** Lets another process have it. To be called when nothing writes into it any more. */
  @Override
  public void close() throws IOException {
    lock.close();
  }

  private static void create(Path directory) throws IOException {
    if (Files.isSymbolicLink(directory)) {
      throw refuse(directory, "is a symbolic link; name the directory itself");
    }
    if (Files.exists(directory, NOFOLLOW_LINKS)) {
      if (!Files.isDirectory(directory, NOFOLLOW_LINKS)) {
        throw refuse(directory, "is not a directory");
      }
      return;
    }
    @Nullable Path parent = directory.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OWNER_DIRECTORY));
    if (parent != null) {
      DurableText.sync(parent);
    }
  }

  private static FileChannel lock(Path directory) throws IOException {
    boolean known = Files.exists(directory.resolve(IDENTITY), NOFOLLOW_LINKS);
    if (!known) {
      refuseForeignContent(directory);
    }
    for (String name : List.of(IDENTITY, IDENTITY_NEW, LOCK, JOURNAL, DESCRIPTORS)) {
      if (Files.isSymbolicLink(directory.resolve(name))) {
        throw refuse(directory, linked(name));
      }
    }
    Files.setPosixFilePermissions(directory, OWNER_DIRECTORY);
    FileChannel channel =
        FileChannel.open(
            directory.resolve(LOCK), Set.of(CREATE, WRITE, NOFOLLOW_LINKS), DurableText.OWNER_FILE);
    @Nullable FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException heldByThisProcess) {
      // Reported below, as for another process.
    }
    if (lock == null) {
      channel.close();
      throw refuse(
          directory,
          "is in use by another process. A node runs once: stop that process, or choose another"
              + " data directory");
    }
    return channel;
  }

  private static void refuseForeignContent(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      @Nullable Path foreign =
          files
              .filter(file -> !MAY_PRECEDE_IDENTITY.contains(String.valueOf(file.getFileName())))
              .findFirst()
              .orElse(null);
      if (foreign != null) {
        throw refuse(
            directory,
            "has no IDENTITY file but is not empty ('"
                + foreign.getFileName()
                + "' is there). If it is a node's, its"
                + " IDENTITY was lost: restore it. Otherwise choose an empty directory");
      }
    }
  }

  private static LocalNode owner(Path directory, String cluster, NodeId node, LongSupplier random)
      throws IOException {
    Path file = directory.resolve(IDENTITY);
    if (!Files.exists(file, NOFOLLOW_LINKS)) {
      LocalNode fresh = new LocalNode(cluster, node, random.getAsLong());
      DurableText.replace(directory, IDENTITY, IdentityFile.write(fresh));
      return fresh;
    }
    LocalNode found = read(directory, file);
    String difference =
        !found.cluster().equals(cluster)
            ? "the cluster '"
                + found.cluster()
                + "', not '"
                + cluster
                + "' (pekko-raft.node.cluster)"
            : !found.id().equals(node)
                ? "the node '" + found.id() + "', not '" + node + "' (pekko-raft.node.id)"
                : "";
    if (!difference.isEmpty()) {
      throw refuse(
          directory,
          "belongs to "
              + difference
              + ". Correct the configuration, or choose another data directory");
    }
    return found;
  }

  private static LocalNode read(Path directory, Path file) throws IOException {
    try {
      return IdentityFile.read(DurableText.read(file));
    } catch (IllegalArgumentException malformed) {
      throw refuse(
          directory,
          "has a damaged IDENTITY file: " + malformed.getMessage() + ". Restore it from a backup");
    }
  }

  private static String linked(String name) {
    return "has a symbolic link in it, '" + name + "'; put the real one there";
  }

  private static OperatorException refuse(Path directory, String what) {
    return OperatorException.configuration(
        "the data directory " + directory + " (" + StoreDirectories.DATA_DIR + ") " + what + ".");
  }
}

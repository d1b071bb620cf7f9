package io.pekkoraft.bootstrap;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.pekkoraft.bootstrap.formation.Identity;
import io.pekkoraft.log.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory that holds all that a node must not forget, and says whose it is. One process has
 * it at a time.
 *
 * <p>It has a number, the <em>incarnation</em>, drawn when the directory is created: a node that
 * comes back without its directory comes back as another one.
 */
public final class DataDirectory implements AutoCloseable {
  private static final String IDENTITY = "IDENTITY";
  private static final String IDENTITY_NEW = "IDENTITY.new";
  private static final String LOCK = "LOCK";
  private static final String STARTED = "STARTED";
  private static final String JOURNAL = "journal";
  private static final String DESCRIPTORS = "snapshot-descriptors";
  private static final String SNAPSHOTS = "snapshots";

  /** What may stand in a directory whose IDENTITY was not finished, or that is a mount point. */
  private static final Set<String> MAY_PRECEDE_IDENTITY = Set.of(IDENTITY_NEW, LOCK, "lost+found");

  private static final int MAX_IDENTITY_BYTES = 4096;
  private static final Set<PosixFilePermission> OWNER_DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<?> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path path;
  private final FileChannel lock;
  private final Identity identity;

  private DataDirectory(Path path, FileChannel lock, Identity identity) {
    this.path = path;
    this.lock = lock;
    this.identity = identity;
  }

  /**
   * Opens the directory of a node, creating it if there is none.
   *
   * @param random draws the incarnation of a new directory
   * @throws OperatorException if it is not this node's, in use, or cannot be used
   */
  public static DataDirectory open(
      Path path, String cluster, String group, NodeId node, LongSupplier random) {
    Path directory = path.toAbsolutePath().normalize();
    try {
      create(directory);
      FileChannel lock = lock(directory);
      try {
        return new DataDirectory(
            directory, lock, identity(directory, cluster, group, node, random));
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

  public Path path() {
    return path;
  }

  /** Where the journal of a data directory is. */
  static Path journal(Path directory) {
    return directory.resolve(JOURNAL);
  }

  /** Where the descriptors of its snapshots are. */
  static Path descriptors(Path directory) {
    return directory.resolve(DESCRIPTORS);
  }

  /** Where the state machine's snapshots are. */
  public Path snapshots() {
    return path.resolve(SNAPSHOTS);
  }

  public Identity identity() {
    return identity;
  }

  /**
   * True if this node's log was founded here once: if its journal is empty now, it was lost. A file
   * beside the journal says so, because the journal cannot say it of itself.
   */
  public boolean wasStarted() {
    return Files.exists(path.resolve(STARTED), NOFOLLOW_LINKS);
  }

  /** Makes {@link #wasStarted} true for good. */
  public void markStarted() throws IOException {
    if (!wasStarted()) {
      FileChannel.open(path.resolve(STARTED), Set.of(CREATE, WRITE, NOFOLLOW_LINKS), OWNER_FILE)
          .close();
      sync(path);
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
      sync(parent);
    }
  }

  private static FileChannel lock(Path directory) throws IOException {
    boolean known = Files.exists(directory.resolve(IDENTITY), NOFOLLOW_LINKS);
    if (!known) {
      refuseForeignContent(directory);
    }
    for (String name : List.of(IDENTITY, IDENTITY_NEW, LOCK, JOURNAL, DESCRIPTORS, SNAPSHOTS)) {
      if (Files.isSymbolicLink(directory.resolve(name))) {
        throw refuse(
            directory, "has a symbolic link in it, '" + name + "'; put the real one there");
      }
    }
    Files.setPosixFilePermissions(directory, OWNER_DIRECTORY);
    FileChannel channel =
        FileChannel.open(
            directory.resolve(LOCK), Set.of(CREATE, WRITE, NOFOLLOW_LINKS), OWNER_FILE);
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

  private static Identity identity(
      Path directory, String cluster, String group, NodeId node, LongSupplier random)
      throws IOException {
    Path file = directory.resolve(IDENTITY);
    if (!Files.exists(file, NOFOLLOW_LINKS)) {
      Identity fresh = new Identity(cluster, group, node, random.getAsLong());
      write(directory, IdentityFile.write(fresh));
      return fresh;
    }
    Identity found = read(directory, file);
    String difference =
        !found.cluster().equals(cluster)
            ? "the cluster '" + found.cluster() + "', not '" + cluster + "'"
            : !found.group().equals(group)
                ? "the group '" + found.group() + "', not '" + group + "'"
                : !found.node().equals(node)
                    ? "the node '" + found.node() + "', not '" + node + "'"
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

  private static Identity read(Path directory, Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, READ, NOFOLLOW_LINKS)) {
      if (channel.size() > MAX_IDENTITY_BYTES) {
        throw refuse(
            directory, "has a damaged IDENTITY file: it is too large. Restore it from a backup");
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
      return IdentityFile.read(
          new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException malformed) {
      throw refuse(
          directory,
          "has a damaged IDENTITY file: " + malformed.getMessage() + ". Restore it from a backup");
    }
  }

  /** Under its own name only when it is whole and durable: a crash leaves no half an identity. */
  private static void write(Path directory, String content) throws IOException {
    Path temporary = directory.resolve(IDENTITY_NEW);
    try (FileChannel channel =
        FileChannel.open(
            temporary, Set.of(CREATE, TRUNCATE_EXISTING, WRITE, NOFOLLOW_LINKS), OWNER_FILE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(temporary, directory.resolve(IDENTITY), StandardCopyOption.ATOMIC_MOVE);
    sync(directory);
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, READ)) {
      channel.force(true);
    }
  }

  private static OperatorException refuse(Path directory, String what) {
    return OperatorException.configuration("the data directory " + directory + " " + what + ".");
  }
}

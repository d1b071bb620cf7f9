package io.pekkoraft.cluster;

import io.pekkoraft.log.NodeId;
import io.pekkoraft.persistence.StoreDirectories;
import io.pekkoraft.persistence.file.DirectoryInUseException;
import io.pekkoraft.persistence.file.DirectoryStorageProvider;
import io.pekkoraft.persistence.file.DurableText;
import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageProvider;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * The directory that holds all that a node must not forget, in all its groups, and says whose it
 * is. One process has it at a time.
 *
 * <p>It has a number, the <em>incarnation</em>, drawn when the directory is created: a node that
 * comes back without its directory comes back as another one.
 */
final class DataDirectory implements AutoCloseable {
  static final String IDENTITY = "IDENTITY";

  /** Before a group's name: a name alone could be that of another file, or "..". */
  private static final String GROUP = "group-";

  private final StorageProvider provider;
  private final Path path;
  private final Storage files;
  private final LocalNode owner;

  private DataDirectory(StorageProvider provider, Path path, Storage files, LocalNode owner) {
    this.provider = provider;
    this.path = path;
    this.files = files;
    this.owner = owner;
  }

  /**
   * Opens the directory of a node, creating it if there is none. Blocks.
   *
   * @param provider opens it, and the parts of the groups in it
   * @param random draws the incarnation of a new directory
   * @throws OperatorException if it is not this node's, in use, or cannot be used
   */
  static DataDirectory open(
      StorageProvider provider, Path path, String cluster, NodeId node, LongSupplier random) {
    boolean local = provider instanceof DirectoryStorageProvider;
    Path directory =
        local ? LocalDirectory.requireUnambiguous(path) : path.toAbsolutePath().normalize();
    try {
      if (local) {
        LocalDirectory.prepare(directory);
      }
      Storage files = provider.open(directory);
      try {
        LocalNode owner = owner(directory, files, cluster, node, random);
        return new DataDirectory(provider, directory, files, owner);
      } catch (IOException | RuntimeException failed) {
        files.close();
        throw failed;
      }
    } catch (DirectoryInUseException used) {
      throw refuse(
          directory,
          "is in use by another process. A node runs once: stop that process, or choose another"
              + " data directory");
    } catch (AccessDeniedException denied) {
      throw refuse(directory, "cannot be used: no permission for " + denied.getFile());
    } catch (IOException failed) {
      throw refuse(directory, "cannot be used: " + failed);
    }
  }

  Path path() {
    return path;
  }

  /** The files in it. */
  Storage files() {
    return files;
  }

  /** Whose it is. */
  LocalNode owner() {
    return owner;
  }

  /**
   * The part of a group, created if there is none. Blocks.
   *
   * @param name a valid name, see {@link io.pekkoraft.log.Names}
   * @throws OperatorException if it cannot be used
   */
  GroupDirectory group(String name) {
    try {
      return GroupDirectory.open(provider, path.resolve(GROUP + name));
    } catch (IOException failed) {
      throw refuse(path, "cannot be used: " + failed);
    }
  }

  /** Lets another process have it. To be called when nothing writes into it any more. */
  @Override
  public void close() throws IOException {
    files.close();
  }

  private static LocalNode owner(
      Path directory, Storage files, String cluster, NodeId node, LongSupplier random)
      throws IOException {
    if (!files.list().contains(IDENTITY)) {
      LocalNode fresh = new LocalNode(cluster, node, random.getAsLong());
      DurableText.replace(files, IDENTITY, IdentityFile.write(fresh));
      return fresh;
    }
    // Whoever gave the file its name may have been killed before that was durable.
    files.syncDirectory();
    LocalNode found = read(directory, files);
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

  private static LocalNode read(Path directory, Storage files) throws IOException {
    try {
      return IdentityFile.read(DurableText.read(files, IDENTITY));
    } catch (IllegalArgumentException malformed) {
      throw refuse(
          directory,
          "has a damaged IDENTITY file: " + malformed.getMessage() + ". Restore it from a backup");
    }
  }

  static OperatorException refuse(Path directory, String what) {
    return OperatorException.configuration(
        "the data directory " + directory + " (" + StoreDirectories.DATA_DIR + ") " + what + ".");
  }
}

package io.pekkoraft.persistence;

import com.typesafe.config.Config;
import java.nio.file.Path;

/**
 * Where our stores keep their files: as configured, or in the process's data directory, which is
 * configured for the whole of pekko-raft.
 */
public final class StoreDirectories {
  /** The key of the process's data directory. */
  public static final String DATA_DIR = "pekko-raft.node.data-dir";

  /** The journal's directory in a data directory. */
  public static final String JOURNAL = "journal";

  /** The directory of the snapshots' descriptors in a data directory. */
  public static final String DESCRIPTORS = "snapshot-descriptors";

  private StoreDirectories() {}

  /**
   * The directory of a store.
   *
   * @param plugin the store's section of the configuration
   * @param all the actor system's configuration
   * @param section path of the store's section, for the error
   * @param inDataDirectory the store's directory in a data directory
   * @throws IllegalArgumentException if neither is configured; names both keys
   */
  public static Path of(Config plugin, Config all, String section, String inDataDirectory) {
    String directory = plugin.getString("directory");
    if (!directory.isBlank()) {
      return Path.of(directory).toAbsolutePath().normalize();
    }
    String data = all.hasPath(DATA_DIR) ? all.getString(DATA_DIR) : "";
    if (data.isBlank()) {
      throw new IllegalArgumentException(
          section
              + ".directory is not configured: set it to a directory of this process alone, on a"
              + " local disk, or set "
              + DATA_DIR
              + ", in which it would be '"
              + inDataDirectory
              + "'");
    }
    return Path.of(data).resolve(inDataDirectory).toAbsolutePath().normalize();
  }
}

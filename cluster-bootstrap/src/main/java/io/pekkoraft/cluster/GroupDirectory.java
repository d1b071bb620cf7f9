package io.pekkoraft.cluster;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageProvider;
import java.io.IOException;
import java.nio.file.Path;

/** What a data directory holds for one group alone; its log is in the journal of all groups. */
final class GroupDirectory {
  private static final String STARTED = "STARTED";
  private static final String SNAPSHOTS = "snapshots";

  private final StorageProvider provider;
  private final Path path;
  private volatile boolean started;

  private GroupDirectory(StorageProvider provider, Path path, boolean started) {
    this.provider = provider;
    this.path = path;
    this.started = started;
  }

  /** Opens it, creating it if there is none. Blocks. */
  static GroupDirectory open(StorageProvider provider, Path path) throws IOException {
    try (Storage files = provider.open(path);
        Storage snapshots = provider.open(path.resolve(SNAPSHOTS))) {
      boolean marked = files.list().contains(STARTED);
      if (marked) {
        files.syncDirectory(); // whoever created it may have been killed before that was durable
      }
      // Only a member has snapshots: they say so too, should the mark be lost with the journal.
      boolean started = marked || !snapshots.list().isEmpty();
      return new GroupDirectory(provider, path, started);
    }
  }

  /** Where the state machine's snapshots are. */
  Path snapshots() {
    return path.resolve(SNAPSHOTS);
  }

  /**
   * True if this node's log was founded once: if its journal is empty now, it was lost. A file
   * beside the journal says so, or a snapshot, because the journal cannot say it of itself.
   */
  boolean wasStarted() {
    return started;
  }

  /** Makes {@link #wasStarted} true for good. Blocks. */
  void markStarted() throws IOException {
    if (!started) {
      try (Storage files = provider.open(path)) {
        files.create(STARTED).close();
        files.syncDirectory();
      }
      started = true;
    }
  }
}

package io.pekkoraft.cluster;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** What a data directory holds for one group alone; its log is in the journal of all groups. */
final class GroupDirectory {
  private static final String STARTED = "STARTED";
  private static final String SNAPSHOTS = "snapshots";

  private final Path path;

  /**
   * @param path exists
   */
  GroupDirectory(Path path) {
    this.path = path;
  }

  /** Where the state machine's snapshots are. */
  Path snapshots() {
    return path.resolve(SNAPSHOTS);
  }

  /**
   * True if this node's log was founded once: if its journal is empty now, it was lost. A file
   * beside the journal says so, because the journal cannot say it of itself.
   */
  boolean wasStarted() {
    return Files.exists(path.resolve(STARTED), NOFOLLOW_LINKS);
  }

  /** Makes {@link #wasStarted} true for good. */
  void markStarted() throws IOException {
    if (!wasStarted()) {
      FileChannel.open(
              path.resolve(STARTED), Set.of(CREATE, WRITE, NOFOLLOW_LINKS), DurableText.OWNER_FILE)
          .close();
      DurableText.sync(path);
    }
  }
}

package io.pekkoraft.persistence.snapshot;

import java.io.IOException;

/** A snapshot could not be saved. Those that were complete before still are. */
public final class SnapshotStorageException extends IOException {
  private static final long serialVersionUID = 1L;

  SnapshotStorageException(String directory, String file, String action, Throwable cause) {
    super(
        "snapshot ["
            + file
            + "] in ["
            + directory
            + "] could not be "
            + action
            + ": "
            + cause
            + ". Complete snapshots are kept; check the disk and its free space, then take it"
            + " again",
        cause);
  }
}

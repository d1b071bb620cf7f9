package io.pekkoraft.persistence.snapshot;

import java.io.IOException;

/** A later version of this library wrote a snapshot's file. It is no damage: the file stays. */
public final class UnsupportedSnapshotVersionException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param found which version the file has, and which can be read
   */
  UnsupportedSnapshotVersionException(String file, String found) {
    super(
        "snapshot file " + file + ": " + found + "; use the version that wrote it, or a later one");
  }
}

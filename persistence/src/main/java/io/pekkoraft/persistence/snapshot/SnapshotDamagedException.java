package io.pekkoraft.persistence.snapshot;

import java.io.IOException;

/** A snapshot file is not what it was when it was written. */
public final class SnapshotDamagedException extends IOException {
  private static final long serialVersionUID = 1L;

  SnapshotDamagedException(String message) {
    super(message);
  }
}

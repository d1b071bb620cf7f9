package io.pekkoraft.persistence.snapshot;

import java.io.IOException;

/**
 * An object is larger than the snapshot store is configured to take into memory. Nothing was
 * changed: an earlier snapshot stays, and so does a file that is too large to be loaded.
 */
public final class SnapshotTooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  SnapshotTooLargeException(String what, long limit) {
    super(
        what
            + ", and pekko-raft.persistence.snapshot-store.max-object-size is "
            + limit
            + " bytes: Pekko hands over a snapshot as one object, which is held in memory as a"
            + " whole. Raise the limit and the heap, or save less; what a StateMachine of this"
            + " library writes is streamed and has no such limit");
  }
}

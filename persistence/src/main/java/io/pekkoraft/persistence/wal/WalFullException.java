package io.pekkoraft.persistence.wal;

import org.jspecify.annotations.Nullable;

/**
 * There is no space for the write. Nothing of it was stored, and the store is sound: it takes
 * deletions, and writes again when there is space.
 */
public final class WalFullException extends WalException {
  private static final long serialVersionUID = 1L;

  WalFullException(String directory, @Nullable Throwable cause) {
    super(
        "write-ahead log ["
            + directory
            + "] has no space for further writes: "
            + (cause == null ? "the next file is not there yet" : cause.getMessage())
            + ". Free some space of that disk, or lower"
            + " pekko-raft.persistence.journal.free-space-reserve; then start again what was"
            + " refused",
        cause);
  }
}

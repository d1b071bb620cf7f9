package io.pekkoraft.persistence.wal;

import org.jspecify.annotations.Nullable;

/** Whatever the write-ahead log refuses or fails with. The subclasses say what and what to do. */
public abstract class WalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  WalException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

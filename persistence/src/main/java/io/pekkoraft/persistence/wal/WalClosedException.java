package io.pekkoraft.persistence.wal;

/** The store was closed, as the actor system terminates. */
public final class WalClosedException extends WalException {
  private static final long serialVersionUID = 1L;

  WalClosedException(String directory) {
    super("write-ahead log [" + directory + "] is closed", null);
  }
}

package io.pekkoraft.persistence.wal;

/**
 * The store has failed and stays so until the actor system is restarted. After a failed write or
 * flush nobody knows what is on disk until the files have been read and verified again, so nothing
 * is written, acknowledged or replayed any more.
 */
public final class WalFailedException extends WalException {
  private static final long serialVersionUID = 1L;

  WalFailedException(String directory, Throwable cause) {
    super(
        "write-ahead log ["
            + directory
            + "] has FAILED and takes no part until the actor system is"
            + " restarted: "
            + cause,
        cause);
  }
}

package io.pekkoraft.persistence.wal;

/**
 * The store has failed and stays so until it is opened again, by a restart of the actor system or
 * {@link WalStores#reopen}. After a failed write or flush nobody knows what is on disk until the
 * files have been read and verified again, so nothing is written or acknowledged any more.
 */
public final class WalFailedException extends WalException {
  private static final long serialVersionUID = 1L;

  WalFailedException(String directory, Throwable cause) {
    super(
        "write-ahead log ["
            + directory
            + "] has FAILED and takes nothing until it is opened again, by a restart of the actor"
            + " system or WalStores.reopen: "
            + cause,
        cause);
  }
}

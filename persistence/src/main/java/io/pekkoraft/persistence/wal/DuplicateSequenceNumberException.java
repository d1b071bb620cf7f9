package io.pekkoraft.persistence.wal;

/**
 * An event with this or a higher sequence number was stored before: a second writer uses the same
 * persistence id. Nothing of the refused write was stored, and the store goes on.
 */
public final class DuplicateSequenceNumberException extends WalException {
  private static final long serialVersionUID = 1L;

  DuplicateSequenceNumberException(String persistenceId, long sequenceNr, long highest) {
    super(
        "persistence id ["
            + persistenceId
            + "]: sequence number "
            + sequenceNr
            + " was refused, the highest stored one is "
            + highest
            + "; make sure that only one actor writes under this id",
        null);
  }
}

package io.pekkoraft.persistence.wal;

/**
 * Acknowledged events of this persistence id are lost to damage of the log. Other ids are served.
 * The id is served again when its events were put back with {@link WalStores#repair}, or are not
 * needed any more because a snapshot covers them and they were deleted.
 */
public final class EventsLostException extends WalException {
  private static final long serialVersionUID = 1L;

  EventsLostException(String directory, String persistenceId, String lost) {
    super(
        "write-ahead log ["
            + directory
            + "] was damaged: of persistence id ["
            + persistenceId
            + "] these events are lost: "
            + lost
            + ". Put them back from another copy; without them this member takes no part, and the"
            + " others go on (this version cannot admit a member anew); the damaged files"
            + " are kept beside the log, with names that end in .damaged",
        null);
  }
}

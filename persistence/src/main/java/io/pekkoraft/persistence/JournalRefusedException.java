package io.pekkoraft.persistence;

/** A journal that must not be used as it is. Nothing was written; the message says what to do. */
public final class JournalRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why a journal is refused. */
  public enum Reason {
    /** It is empty, but this member is not new: its log is lost, and with it votes it has cast. */
    NEEDS_READMISSION,
    /** It belongs to another node, group or incarnation. */
    FOREIGN,
    /** Something is missing in it, or does not fit together. */
    DAMAGED,
    /** Its store has found that acknowledged events are lost: until they are back, it is no use. */
    NEEDS_REPAIR
  }

  /** Why. */
  private final Reason reason;

  public JournalRefusedException(Reason reason, String message) {
    super(reason + ": " + message);
    this.reason = reason;
  }

  JournalRefusedException(Reason reason, Throwable cause) {
    super(reason + ": " + cause.getMessage(), cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}

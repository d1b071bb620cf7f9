package io.pekkoraft.message;

/** Why a vote or pre-vote is granted or not. The code is part of the wire format. */
public enum VoteVerdict {
  GRANT(0),
  /**
   * A leader was heard, or this life began, less than an election timeout ago (thesis 4.2.3, 9.6).
   */
  HOLD_OFF(1),
  /** The asked term is over (Raft 5.1). */
  OLD_TERM(2),
  /** Another candidate has this term's vote (Raft 5.2). */
  ALREADY_VOTED(3),
  /** The asker's log ends before ours (Raft 5.4.1). */
  LOG_BEHIND(4);

  private final byte code;

  VoteVerdict(int code) {
    this.code = (byte) code;
  }

  public byte code() {
    return code;
  }

  public boolean granted() {
    return this == GRANT;
  }

  /**
   * @throws IllegalArgumentException if no verdict has this code
   */
  public static VoteVerdict of(byte code) {
    return switch (code) {
      case 0 -> GRANT;
      case 1 -> HOLD_OFF;
      case 2 -> OLD_TERM;
      case 3 -> ALREADY_VOTED;
      case 4 -> LOG_BEHIND;
      default -> throw new IllegalArgumentException("no vote verdict has the code " + code);
    };
  }
}

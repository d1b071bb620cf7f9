package io.pekkoraft.coordination;

import io.pekkoraft.layout.MalformedBytesException;

/**
 * What changes the {@link CoordinationTable}. Both compare the token that the name has now with the
 * one that is expected, and do nothing if it is another.
 */
public sealed interface TableCommand {
  String name();

  /** The token that the name must have; 0: nobody may hold it. */
  long expectedToken();

  /**
   * Gives the name to a session. Its token is the index of this command, so tokens grow over the
   * whole life of the group.
   *
   * @param owner who wants it, as users know it; may be empty
   * @param timeToLiveNanos how long the silence of the session leaves it in its possession; 0: as
   *     long as the leader that answered it can prove its leadership
   */
  record Assign(
      String name, long expectedToken, SessionId holder, String owner, long timeToLiveNanos)
      implements TableCommand {
    /**
     * @throws IllegalArgumentException if the name or the time to live cannot be
     */
    public Assign {
      CoordinationLimits.checkName(name);
      if (timeToLiveNanos != 0) {
        CoordinationLimits.checkTimeToLive(timeToLiveNanos);
      }
    }
  }

  /** Nobody holds the name any more. */
  record Remove(String name, long expectedToken) implements TableCommand {
    /**
     * @throws IllegalArgumentException if the name cannot be
     */
    public Remove {
      CoordinationLimits.checkName(name);
    }
  }

  /**
   * @throws MalformedBytesException if a field is longer than its cap
   */
  default byte[] toBytes() {
    return TableLayout.command(this);
  }
}

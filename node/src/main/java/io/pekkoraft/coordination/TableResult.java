package io.pekkoraft.coordination;

import io.pekkoraft.layout.MalformedBytesException;

/**
 * What the table answers to a command.
 *
 * @param token that the name has now; 0 if nobody holds it
 */
public record TableResult(Status status, long token) {

  /** How a command ended. */
  public enum Status {
    /** Done. */
    DONE(0),
    /** Nothing was changed: the name has another token than expected. */
    OTHER_TOKEN(1),
    /** Nothing was changed: there are {@link CoordinationLimits#MAX_TABLE_NAMES} names. */
    FULL(2),
    /** Nothing was changed: the bytes are no command that this version knows. */
    MALFORMED(3);

    private final byte code;

    Status(int code) {
      this.code = (byte) code;
    }

    byte code() {
      return code;
    }

    static Status of(byte code) {
      for (Status status : values()) {
        if (status.code == code) {
          return status;
        }
      }
      throw new MalformedBytesException("no coordination result has the status " + code);
    }
  }

  /**
   * @throws MalformedBytesException if it is not a result
   */
  public static TableResult fromBytes(byte[] bytes) {
    return TableLayout.result(bytes);
  }
}

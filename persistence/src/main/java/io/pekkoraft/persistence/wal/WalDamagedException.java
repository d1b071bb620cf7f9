package io.pekkoraft.persistence.wal;

/**
 * Bytes that had been written and flushed are not what they were. Nothing is cut off and nothing is
 * served: acknowledged events may be gone.
 */
public final class WalDamagedException extends WalException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final long offset;
  private final String reason;

  WalDamagedException(String file, long offset, String reason) {
    super(
        "write-ahead log is damaged: file ["
            + file
            + "], offset "
            + offset
            + ": "
            + reason
            + ". Acknowledged events may be lost; keep a copy of the directory, and restore this"
            + " member from the others",
        null);
    this.file = file;
    this.offset = offset;
    this.reason = reason;
  }

  /** The damaged or missing file's name. */
  public String file() {
    return file;
  }

  /** Where the damage was met, in bytes from the start of the file. */
  public long offset() {
    return offset;
  }

  /** What is wrong there. */
  public String reason() {
    return reason;
  }
}

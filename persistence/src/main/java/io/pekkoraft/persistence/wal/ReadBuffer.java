package io.pekkoraft.persistence.wal;

/**
 * The memory that all files of a log are read through when it is opened, so that reading costs no
 * more than its largest batch takes, however many files there are. Not thread-safe.
 */
final class ReadBuffer {
  private byte[] bytes = RecordFormat.NO_BYTES;

  /** The buffer, of at least {@code length} bytes; what was in it is lost if it has to grow. */
  byte[] ofLength(int length) {
    if (bytes.length < length) {
      bytes = new byte[length];
    }
    return bytes;
  }
}

package io.pekkoraft.persistence.wal;

import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;

/** Reads a file through a buffer, in large steps while positions rise. */
final class FileWindow {
  private final StorageFile file;
  private final int step;
  private final ReadBuffer buffer;
  private byte[] bytes = RecordFormat.NO_BYTES;
  private long start;
  private int filled;

  FileWindow(StorageFile file, int step) {
    this(file, step, new ReadBuffer());
  }

  /**
   * @param buffer in the hands of this window until another is made with it
   */
  FileWindow(StorageFile file, int step, ReadBuffer buffer) {
    this.file = file;
    this.step = step;
    this.buffer = buffer;
  }

  /**
   * Makes {@code length} bytes from {@code position} available.
   *
   * @return their index in {@link #bytes}, or -1 if the file ends before
   */
  int load(long position, int length) throws IOException {
    if (position < start || position + length > start + filled) {
      int wanted = Math.max(length, step);
      bytes = buffer.ofLength(wanted);
      start = position;
      filled = file.read(position, bytes, 0, wanted);
    }
    return position + length <= start + filled ? (int) (position - start) : -1;
  }

  /** Forgets what was read, so that all of it is read from the file anew. */
  void clear() {
    filled = 0;
  }

  byte[] bytes() {
    return bytes;
  }
}

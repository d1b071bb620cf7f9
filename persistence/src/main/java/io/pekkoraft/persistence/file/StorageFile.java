package io.pekkoraft.persistence.file;

import java.io.IOException;

/**
 * One open file. Used by one thread at a time. A thread's interruption neither fails a call nor
 * closes the file.
 */
public interface StorageFile extends AutoCloseable {

  /** The length of the file in bytes. */
  long size() throws IOException;

  /**
   * Reads up to {@code length} bytes from {@code position}.
   *
   * @return the number of bytes read; less than {@code length} only at the end of the file
   */
  int read(long position, byte[] target, int offset, int length) throws IOException;

  /** Writes all the bytes at {@code position}. They are durable only after {@link #flush}. */
  void write(long position, byte[] source, int offset, int length) throws IOException;

  /**
   * When this returns, everything written to the file before is durable. After an exception nobody
   * knows, and asking again proves nothing: the system may report a lost write only once.
   */
  void flush() throws IOException;

  @Override
  void close() throws IOException;
}

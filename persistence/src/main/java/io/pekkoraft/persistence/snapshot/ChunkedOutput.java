package io.pekkoraft.persistence.snapshot;

import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes content of a known length to a file, and behind it the checksums of its chunks. */
final class ChunkedOutput {
  private final StorageFile file;
  private final ByteBuffer chunk;
  private final ByteBuffer checksums;
  private final long end;
  private long at;

  /**
   * @param at where in the file the content starts
   * @param length of the content in bytes
   */
  ChunkedOutput(StorageFile file, long at, long length, int chunkBytes) {
    this.file = file;
    this.at = at;
    this.end = at + length;
    this.chunk = ByteBuffer.allocate((int) Math.min(chunkBytes, length));
    this.checksums =
        ByteBuffer.allocate(Math.toIntExact(4 * ((length + chunkBytes - 1) / chunkBytes) + 4));
  }

  void put(byte value) throws IOException {
    put(new byte[] {value});
  }

  void put(int value) throws IOException {
    put(ByteBuffer.allocate(4).putInt(value).array());
  }

  void put(byte[] bytes) throws IOException {
    int from = 0;
    while (from < bytes.length) {
      int count = Math.min(chunk.remaining(), bytes.length - from);
      chunk.put(bytes, from, count);
      from += count;
      if (!chunk.hasRemaining()) {
        flush();
      }
    }
  }

  private void flush() throws IOException {
    checksums.putInt(SnapshotTrailer.crc(chunk.array(), 0, chunk.position()));
    file.write(at, chunk.array(), 0, chunk.position());
    at += chunk.position();
    chunk.clear();
  }

  /** Writes what is left and the checksums. */
  void end() throws IOException {
    if (chunk.position() > 0) {
      flush();
    }
    if (at != end) {
      throw new IllegalStateException("the content ends at " + at + " and not at " + end);
    }
    checksums.putInt(SnapshotTrailer.crc(checksums.array(), 0, checksums.position()));
    file.write(at, checksums.array(), 0, checksums.position());
  }
}

package io.pekkoraft.persistence.snapshot;

import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * The content of a snapshot file, chunk by chunk, each verified before a byte of it is given out.
 */
final class SnapshotInput extends InputStream {
  private final StorageFile file;
  private final SnapshotTrailer trailer;
  private final String name;
  private byte[] chunk = {};
  private int next;
  private int at;

  SnapshotInput(StorageFile file, SnapshotTrailer trailer, String name) {
    this.file = file;
    this.trailer = trailer;
    this.name = name;
  }

  private boolean fill() throws IOException {
    if (at < chunk.length) {
      return true;
    }
    if (next >= trailer.checksums().length) {
      return false;
    }
    chunk = trailer.readChunk(file, next++, name);
    at = 0;
    return true;
  }

  @Override
  public int read() throws IOException {
    return fill() ? chunk[at++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, chunk.length - at);
    System.arraycopy(chunk, at, target, offset, count);
    at += count;
    return count;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

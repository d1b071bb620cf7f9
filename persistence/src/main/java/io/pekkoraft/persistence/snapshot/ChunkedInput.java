package io.pekkoraft.persistence.snapshot;

import io.pekkoraft.persistence.file.StorageFile;
import io.pekkoraft.persistence.snapshot.StoredObjectFile.Defect;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads what a {@link ChunkedOutput} wrote. No byte is given out before its chunk is verified, and
 * nothing larger than what is left of the file is allocated.
 */
final class ChunkedInput {
  private final StorageFile file;
  private final int chunkBytes;
  private final ByteBuffer checksums;
  private final byte[] chunk;
  private long at;
  private long left;
  private int filled;
  private int next;

  private ChunkedInput(StorageFile file, long at, long length, int chunkBytes, byte[] checksums) {
    this.file = file;
    this.at = at;
    this.left = length;
    this.chunkBytes = chunkBytes;
    this.checksums = ByteBuffer.wrap(checksums);
    this.chunk = new byte[(int) Math.min(chunkBytes, length)];
  }

  /**
   * @param at where in the file the content starts
   * @param length of the content, as a header says
   * @param size of the file
   */
  static ChunkedInput of(StorageFile file, long at, long length, int chunkBytes, long size)
      throws IOException, Defect {
    long count = length < 0 || chunkBytes <= 0 ? -1 : (length - 1) / chunkBytes + 1;
    if (length > size || count < 0 || at + length + 4 * count + 4 != size) {
      throw new Defect("its " + size + " bytes are not those that its header tells of", false);
    }
    byte[] checksums = new byte[Math.toIntExact(4 * count + 4)];
    file.read(at + length, checksums, 0, checksums.length);
    int last = checksums.length - 4;
    if (ByteBuffer.wrap(checksums).getInt(last) != SnapshotTrailer.crc(checksums, 0, last)) {
      throw new Defect("its checksums are not as written", false);
    }
    return new ChunkedInput(file, at, length, chunkBytes, checksums);
  }

  int takeInt() throws IOException, Defect {
    return ByteBuffer.wrap(take(4)).getInt();
  }

  byte takeByte() throws IOException, Defect {
    return take(1)[0];
  }

  byte[] take(int count) throws IOException, Defect {
    if (count < 0 || count > left + (filled - next)) {
      throw new Defect("the lengths in it do not add up", false);
    }
    byte[] bytes = new byte[count];
    int done = 0;
    while (done < count) {
      if (next == filled) {
        fill();
      }
      int step = Math.min(filled - next, count - done);
      System.arraycopy(chunk, next, bytes, done, step);
      next += step;
      done += step;
    }
    return bytes;
  }

  private void fill() throws IOException, Defect {
    filled = (int) Math.min(chunkBytes, left);
    if (file.read(at, chunk, 0, filled) < filled
        || SnapshotTrailer.crc(chunk, 0, filled) != checksums.getInt()) {
      throw new Defect("its bytes " + at + " to " + (at + filled) + " are not as written", false);
    }
    at += filled;
    left -= filled;
    next = 0;
  }

  /** To be called when all is taken. */
  void end() throws Defect {
    if (left > 0 || next < filled) {
      throw new Defect("the lengths in it do not add up", false);
    }
  }
}

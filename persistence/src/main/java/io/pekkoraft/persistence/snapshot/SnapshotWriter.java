package io.pekkoraft.persistence.snapshot;

import io.pekkoraft.persistence.file.StorageFile;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A snapshot file that is being written. It counts only after {@link #commit}; closed before that,
 * it is removed.
 */
public final class SnapshotWriter implements Closeable {
  private static final int BUFFER = 256 * 1024;

  private final SnapshotFiles files;
  private final long index;
  private final String temporary;
  private final StorageFile file;
  private final OutputStream buffered;
  private final MessageDigest digest = SnapshotFiles.sha256();
  private final OutputStream stream = new HashingStream();
  private final List<Integer> checksums = new ArrayList<>();
  private CRC32C chunk = new CRC32C();
  private int chunkLength;
  private long length;
  private boolean committed;

  SnapshotWriter(SnapshotFiles files, long index, String kind) throws IOException {
    this.files = files;
    this.index = index;
    this.temporary = SnapshotFiles.temporary(kind, index);
    files.storage().delete(temporary);
    this.file = files.storage().create(temporary);
    this.buffered = new BufferedOutputStream(new AppendingStream(file), BUFFER);
  }

  /** Where the bytes go; need not be closed. */
  public OutputStream stream() {
    return stream;
  }

  /** How many bytes are there. */
  public long length() {
    return length;
  }

  /**
   * Makes the file durable under its final name.
   *
   * @throws IOException if any of it failed; nothing is there then
   */
  public SnapshotFile commit() throws IOException {
    endChunk();
    int[] all = checksums.stream().mapToInt(Integer::intValue).toArray();
    buffered.write(new SnapshotTrailer(length, SnapshotTrailer.CHUNK, all).encode());
    buffered.flush();
    file.flush();
    file.close();
    SnapshotFile published =
        files.publish(temporary, index, length, HexFormat.of().formatHex(digest.digest()));
    committed = true;
    return published;
  }

  /**
   * As {@link #commit}, but only if what was written is what was announced.
   *
   * @throws SnapshotDamagedException if it is not; nothing is there then
   */
  public SnapshotFile commit(long expectedLength, String expectedHash) throws IOException {
    buffered.flush();
    MessageDigest soFar;
    try {
      soFar = (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-256 of the Java platform can be cloned", e);
    }
    String hash = HexFormat.of().formatHex(soFar.digest());
    if (length != expectedLength || !hash.equals(expectedHash)) {
      throw new SnapshotDamagedException(
          "a received snapshot has "
              + length
              + " bytes and hash "
              + hash
              + ", announced were "
              + expectedLength
              + " and "
              + expectedHash);
    }
    return commit();
  }

  @Override
  public void close() throws IOException {
    file.close();
    if (!committed) {
      files.storage().delete(temporary);
    }
  }

  private void count(byte[] bytes, int offset, int count) {
    int at = offset;
    int end = offset + count;
    while (at < end) {
      int taken = Math.min(end - at, SnapshotTrailer.CHUNK - chunkLength);
      chunk.update(bytes, at, taken);
      chunkLength += taken;
      at += taken;
      if (chunkLength == SnapshotTrailer.CHUNK) {
        endChunk();
      }
    }
  }

  private void endChunk() {
    if (chunkLength > 0) {
      checksums.add((int) chunk.getValue());
      chunk = new CRC32C();
      chunkLength = 0;
    }
  }

  /** Writes to the end of a file that nobody else writes to. */
  private static final class AppendingStream extends OutputStream {
    private final StorageFile file;
    private long end;

    AppendingStream(StorageFile file) {
      this.file = file;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      file.write(end, bytes, offset, count);
      end += count;
    }
  }

  private final class HashingStream extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      buffered.write(bytes, offset, count);
      digest.update(bytes, offset, count);
      count(bytes, offset, count);
      length += count;
    }

    @Override
    public void flush() throws IOException {
      buffered.flush();
    }
  }
}

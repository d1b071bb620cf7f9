package io.pekkoraft.persistence.file;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file of the local file system that no interrupt can close.
 *
 * <p>An interrupt closes a {@link FileChannel} in the middle of a call. So data is read and written
 * through a {@link RandomAccessFile}, whose calls cannot be interrupted, and only the flush, which
 * {@code RandomAccessFile} cannot do without flushing the metadata too, goes through a channel,
 * with a descriptor of its own. Should an interrupt close that one, the flush is asked for again on
 * the data's descriptor: that one was open before, so it reports every failed write, also one that
 * the closed channel may have swallowed.
 */
final class LocalFile implements StorageFile {
  private final Path path;
  private final RandomAccessFile data;
  private @Nullable FileChannel flushing;

  LocalFile(Path path, boolean writable) throws IOException {
    this.path = path;
    this.data = new RandomAccessFile(path.toFile(), writable ? "rw" : "r");
    this.flushing = writable ? openForFlush(path) : null;
  }

  private static FileChannel openForFlush(Path path) throws IOException {
    return FileChannel.open(path, StandardOpenOption.WRITE);
  }

  @Override
  public long size() throws IOException {
    return data.length();
  }

  @Override
  public int read(long position, byte[] target, int offset, int length) throws IOException {
    data.seek(position);
    int read = 0;
    while (read < length) {
      int count = data.read(target, offset + read, length - read);
      if (count < 0) {
        break;
      }
      read += count;
    }
    return read;
  }

  @Override
  public void write(long position, byte[] source, int offset, int length) throws IOException {
    data.seek(position);
    data.write(source, offset, length);
  }

  @Override
  public void flush() throws IOException {
    FileChannel channel = flushing;
    if (channel == null) {
      throw new IOException("[" + path + "] is open for reading only");
    }
    boolean interrupted = Thread.interrupted();
    try {
      channel.force(false);
    } catch (ClosedByInterruptException closed) {
      interrupted = true;
      Thread.interrupted();
      data.getFD().sync();
      flushing = openForFlush(path);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() throws IOException {
    FileChannel channel = flushing;
    try {
      data.close();
    } finally {
      if (channel != null) {
        channel.close();
      }
    }
  }
}

package io.pekkoraft.persistence.wal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** The limit: appends to a file whose bytes were written before, whole sectors, and flushes. */
final class BareLoop implements LogUnderTest {
  private static final int SIZE = 64 << 20;
  private static final int SECTOR = 512;

  private final RandomAccessFile file;
  private final FileChannel channel;
  private final int added;
  private byte[] bytes = {};
  private long at;

  /**
   * @param added how many bytes more than it is given it appends each time; what it is given first,
   *     it takes to be given always
   */
  BareLoop(Path directory, int added) throws IOException {
    this.added = added;
    Path path = directory.resolve("bare");
    file = new RandomAccessFile(path.toFile(), "rw");
    channel = FileChannel.open(path, StandardOpenOption.WRITE);
    byte[] zeros = new byte[1 << 20];
    for (int i = 0; i < SIZE; i += zeros.length) {
      file.write(zeros);
    }
    channel.force(true);
  }

  @Override
  public void write(int id, long sequenceNr, byte[] payload, Runnable done) throws IOException {
    if (bytes.length == 0) {
      bytes = Arrays.copyOf(payload, payload.length + added);
    }
    if (at + bytes.length + SECTOR > SIZE) {
      at = 0;
    }
    file.seek(at);
    file.write(bytes, 0, bytes.length);
    channel.force(false);
    int sectors = (bytes.length + SECTOR - 1) / SECTOR;
    at += (long) sectors * SECTOR;
    done.run();
  }

  @Override
  public boolean blocks() {
    return true;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    file.close();
  }
}

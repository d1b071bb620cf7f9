package io.pekkoraft.persistence.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * RocksDB with a synced write-ahead log, one key an event, used as well as the own log: one writer
 * takes what has queued up, writes it as one batch and syncs once.
 */
final class RocksLog implements LogUnderTest {
  private static final int MAX_BATCH_BYTES = 4 << 20;
  private static final int DELETE_EVERY = 1000;

  static {
    RocksDB.loadLibrary();
  }

  private final RocksDB database;
  private final Options options;
  private final WriteOptions sync = new WriteOptions().setSync(true);
  private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final ExecutorService writer = Executors.newSingleThreadExecutor();
  private final boolean inline;

  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  private record Waiting(int id, long sequenceNr, byte[] payload, Runnable done) {}

  RocksLog(Path directory, boolean inline) throws IOException {
    this.inline = inline;
    options =
        new Options()
            .setCreateIfMissing(true)
            .setWriteBufferSize(64 << 20)
            .setRecycleLogFileNum(4)
            .setWalBytesPerSync(0);
    try {
      database = RocksDB.open(options, directory.resolve("rocks").toString());
    } catch (RocksDBException failure) {
      throw new IOException(failure);
    }
  }

  @Override
  public void write(int id, long sequenceNr, byte[] payload, Runnable done) throws IOException {
    if (inline) {
      writeAll(List.of(new Waiting(id, sequenceNr, payload, done)));
    } else {
      queue.add(new Waiting(id, sequenceNr, payload, done));
      schedule();
    }
  }

  private void schedule() {
    if (scheduled.compareAndSet(false, true)) {
      writer.execute(this::run);
    }
  }

  private void run() {
    List<Waiting> taken = new ArrayList<>();
    int bytes = 0;
    for (Waiting next = queue.poll(); next != null; next = queue.poll()) {
      taken.add(next);
      bytes += next.payload.length;
      if (bytes >= MAX_BATCH_BYTES) {
        break;
      }
    }
    try {
      writeAll(taken);
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    } finally {
      scheduled.set(false);
      if (!queue.isEmpty()) {
        schedule();
      }
    }
  }

  private void writeAll(List<Waiting> taken) throws IOException {
    try (WriteBatch batch = new WriteBatch()) {
      for (Waiting event : taken) {
        batch.put(key(event.id, event.sequenceNr), event.payload);
        if (event.sequenceNr % DELETE_EVERY == 0) {
          batch.deleteRange(key(event.id, 0), key(event.id, event.sequenceNr));
        }
      }
      database.write(sync, batch);
    } catch (RocksDBException failure) {
      throw new IOException(failure);
    }
    taken.forEach(event -> event.done.run());
  }

  private static byte[] key(int id, long sequenceNr) {
    return ByteBuffer.allocate(12).putInt(id).putLong(sequenceNr).array();
  }

  @Override
  public boolean blocks() {
    return inline;
  }

  @Override
  public void close() {
    writer.shutdownNow();
    database.close();
    sync.close();
    options.close();
  }
}

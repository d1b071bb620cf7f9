package io.pekkoraft.persistence.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pekkoraft.persistence.file.DirectoryStorageProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The write-ahead log without Pekko; all events but a few are deleted now and then. */
final class OwnLog implements LogUnderTest {
  private static final int DELETE_EVERY = 1000;
  private static final byte[] MANIFEST = "raft".getBytes(UTF_8);
  private static final byte[] WRITER = "2d7a3c1e-5f0b-4a86-9c55-0e6d1f2b3a49".getBytes(UTF_8);

  private final WalStore store;
  private final ExecutorService writer = Executors.newSingleThreadExecutor();
  private final ScheduledExecutorService background = Executors.newScheduledThreadPool(1);
  private final boolean inline;
  private final String[] ids;
  private final byte[][] idBytes;

  /**
   * @param inline whether the writer runs on the thread that asks, so that nothing is handed over
   * @param segmentSize of its files, in bytes
   */
  OwnLog(Path directory, int ids, boolean inline, int segmentSize) throws IOException {
    this.inline = inline;
    this.ids = new String[ids];
    this.idBytes = new byte[ids][];
    for (int i = 0; i < ids; i++) {
      this.ids[i] = id(i);
      this.idBytes[i] = this.ids[i].getBytes(UTF_8);
    }
    Executor executor = inline ? Runnable::run : writer;
    store =
        WalStore.open(
            new WalSettings(directory, "", segmentSize, 4 << 20, Duration.ofSeconds(60), 0.25, 4),
            new DirectoryStorageProvider(),
            new WalExecutors(
                executor,
                background,
                (delay, task) -> {
                  if (!inline) {
                    ScheduledFuture<?> unused =
                        background.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                  }
                }));
  }

  /** How many bytes the log writes when {@code ids} write an event each, in one batch. */
  static int batchLength(int ids, int payloadBytes) {
    int sum = 0;
    for (int i = 0; i < ids; i++) {
      String id = id(i);
      byte[] payload = new byte[payloadBytes];
      sum += RecordFormat.encodedLength(event(id, id.getBytes(UTF_8), 1, payload));
    }
    return BatchHeader.batchLength(sum);
  }

  private static String id(int number) {
    return "pekko-raft|cluster|group-" + number + "|node-1";
  }

  private static EventRecord event(String id, byte[] idBytes, long sequenceNr, byte[] payload) {
    return new EventRecord(
        id,
        idBytes,
        sequenceNr,
        7,
        RecordFormat.NO_BYTES,
        WRITER,
        new Payload(1746203915, MANIFEST, payload),
        null,
        RecordFormat.NO_BYTES);
  }

  @Override
  public void write(int id, long sequenceNr, byte[] payload, Runnable done) {
    EventRecord event = event(ids[id], idBytes[id], sequenceNr, payload);
    store.write(
        List.of(event),
        failure -> {
          if (failure != null) {
            throw new IllegalStateException(failure);
          }
          done.run();
        });
    if (sequenceNr % DELETE_EVERY == 0) {
      store.deleteTo(ids[id], sequenceNr - 1, failure -> {});
    }
  }

  @Override
  public boolean blocks() {
    return inline;
  }

  @Override
  public void close() throws IOException {
    store.close();
    writer.shutdownNow();
    background.shutdownNow();
  }
}

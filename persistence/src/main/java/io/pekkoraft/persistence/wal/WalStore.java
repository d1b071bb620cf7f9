package io.pekkoraft.persistence.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageFile;
import io.pekkoraft.persistence.file.StorageProvider;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The write-ahead log of one directory, without Pekko. Safe to use from several threads. After the
 * first error of the storage whatever would write ends with {@link WalFailedException}; what was
 * durable before can still be read.
 */
final class WalStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WalStore.class);

  /** How many events a replay looks up and holds in their places at a time. */
  static final int REPLAY_STEP = 512;

  private static final int REPLAY_WINDOW = 128 << 10;

  private final Storage storage;
  private final WalIndex index;
  private final WalWriter writer;
  private final Housekeeping deletions;
  private final AtomicBoolean closed = new AtomicBoolean();

  private WalStore(Storage storage, WalIndex index, WalWriter writer, Housekeeping deletions) {
    this.storage = storage;
    this.index = index;
    this.writer = writer;
    this.deletions = deletions;
  }

  /**
   * Opens the log of the configured directory, verifying all of it, or creates it. Blocks.
   *
   * @throws WalException if the log is damaged, of another version, or not a log
   * @throws IOException if the storage fails, or the directory is in use
   */
  static WalStore open(WalSettings settings, StorageProvider provider, WalExecutors executors)
      throws IOException {
    Storage storage = provider.open(settings.directory());
    boolean opened = false;
    try {
      RecoveredWal recovered = WalRecovery.recoverOrSalvage(storage);
      if (recovered == null) {
        UUID store = SegmentFiles.createStore(storage, settings.segmentSize());
        recovered =
            RecoveredWal.sound(
                store, new WalIndex(), LogEnd.NONE, 1, SegmentFormat.HEADER_BYTES, true);
      } else if (recovered.fresh()) {
        int size = settings.segmentSize() + catalogueBytes(recovered.index());
        SegmentFiles.create(storage, recovered.store(), recovered.segment(), size);
      }
      WalIndex index = recovered.index();
      WalLog log = WalLog.open(storage, recovered);
      WalWriter writer = new WalWriter(settings, storage, executors, index, log);
      opened = true;
      WalStore opening = new WalStore(storage, index, writer, writer.housekeeping());
      opening.stateFindings(recovered);
      return opening;
    } finally {
      if (!opened) {
        storage.close();
      }
    }
  }

  private static int catalogueBytes(WalIndex index) {
    long[] bytes = {0};
    index.forEachId((id, highest, deletedTo) -> bytes[0] += catalogueBytes(id));
    index.forEachLost((id, from, to) -> bytes[0] += catalogueBytes(id));
    return Math.toIntExact(
        (bytes[0] / BatchHeader.SECTOR + 1 + index.liveSegments().size()) * BatchHeader.SECTOR);
  }

  private static int catalogueBytes(String id) {
    return RecordFormat.encodedLength(id.getBytes(UTF_8));
  }

  /** Writes down what a salvage found, so that the next start knows it without one. */
  private void stateFindings(RecoveredWal recovered) {
    if (recovered.isSalvaged()) {
      deletions.evacuate(recovered.damaged());
      Outcome stated = failure -> LOG.debug("the findings are stated", failure);
      writer.submit(new Operations.Findings(recovered.missing(), stated));
    }
  }

  /** What is lost of which persistence id, in words; the empty id stands for unknown ones. */
  Map<String, String> lost() {
    return index.lost();
  }

  /** Puts lost events back, all or none; refused if one of them is not lost. */
  void repair(List<EventRecord> events, Outcome outcome) {
    writer.submit(new Operations.Repair(events, outcome));
  }

  /** Takes note that nothing above a number is lost of an id, so that it can be written again. */
  void nothingLostAbove(String persistenceId, long sequenceNr, Outcome outcome) {
    writer.submit(new Operations.NothingLostAbove(persistenceId, sequenceNr, outcome));
  }

  /**
   * Runs a task that submits something to this store: at once, or when few enough bytes wait for
   * the disk. Tasks run in their order, on the caller's thread or the writer's executor.
   */
  void whenRoom(Runnable task) {
    writer.whenRoom(task);
  }

  /** Writes events, all or none; {@code outcome} is told when they are durable. */
  void write(List<EventRecord> events, Outcome outcome) {
    writer.submit(new Operations.Write(events, outcome));
  }

  /** Deletes events up to a sequence number; the highest sequence number stays what it is. */
  void deleteTo(String persistenceId, long sequenceNr, Outcome outcome) {
    writer.submit(Operations.Delete.of(persistenceId, sequenceNr, outcome));
  }

  /** Tells {@code outcome} when all operations submitted before have ended. */
  void afterOutstanding(Outcome outcome) {
    writer.submit(new Operations.Barrier(outcome));
  }

  /**
   * The highest sequence number that is durable, 0 if there is none.
   *
   * @throws EventsLostException if the newest events may be lost
   */
  long highest(String persistenceId) {
    String lost = index.lostAtEnd(persistenceId);
    if (lost != null) {
      throw new EventsLostException(storage.describe(), persistenceId, lost);
    }
    return index.highest(persistenceId);
  }

  /**
   * Reads events in the order of their sequence numbers and tells them to {@code consumer}, on the
   * caller's thread. Only a bounded number is in memory at a time.
   *
   * @param to the last sequence number wanted, inclusive
   * @param max how many events at most
   * @throws EventsLostException if any of the events asked for is lost; none is told then
   */
  void replay(String persistenceId, long from, long to, long max, Consumer<EventRecord> consumer)
      throws IOException {
    String lost = index.lost(persistenceId, from, to);
    if (lost != null) {
      throw new EventsLostException(storage.describe(), persistenceId, lost);
    }
    try (Reader reader = new Reader(persistenceId)) {
      long next = from;
      long left = max;
      byte[] writerBefore = RecordFormat.NO_BYTES;
      while (left > 0) {
        List<Location> step = index.pin(persistenceId, next, to, (int) Math.min(REPLAY_STEP, left));
        if (step.isEmpty()) {
          return;
        }
        reader.forgetWhatWasReadAhead();
        try {
          for (Location location : step) {
            EventRecord event = reader.read(location);
            writerBefore = event.writerUuid().length == 0 ? writerBefore : event.writerUuid();
            consumer.accept(event.writerUuid().length == 0 ? event.by(writerBefore) : event);
          }
        } finally {
          index.unpin(step).forEach(deletions::deleteSegment);
        }
        left -= step.size();
        next = step.get(step.size() - 1).sequenceNr() + 1;
      }
    }
  }

  /** Reads one id's records, keeping the file it is in open. */
  private final class Reader implements AutoCloseable {
    private final String persistenceId;
    private @Nullable StorageFile file;
    private @Nullable FileWindow window;
    private long segment;

    Reader(String persistenceId) {
      this.persistenceId = persistenceId;
    }

    EventRecord read(Location location) throws IOException {
      if (writer.isClosed()) {
        throw new WalClosedException(storage.describe());
      }
      try {
        FileWindow open = windowOf(location.segment());
        int at = RecordReader.load(open, persistenceId, location);
        return RecordFormat.decode(open.bytes(), at);
      } catch (IOException | WalDamagedException failed) {
        writer.fail(failed);
        throw failed;
      }
    }

    /**
     * To be called for each list of places, which are durable when they are looked up. What was
     * read before may end in bytes that were written only since: where the log ended then, events
     * may have been moved to.
     */
    void forgetWhatWasReadAhead() {
      FileWindow open = window;
      if (open != null) {
        open.clear();
      }
    }

    private FileWindow windowOf(long wanted) throws IOException {
      FileWindow open = window;
      if (open == null || segment != wanted) {
        close();
        StorageFile opened = storage.openForReading(SegmentFormat.fileName(wanted));
        file = opened;
        open = new FileWindow(opened, REPLAY_WINDOW);
        window = open;
        segment = wanted;
      }
      return open;
    }

    @Override
    public void close() throws IOException {
      StorageFile open = file;
      file = null;
      window = null;
      if (open != null) {
        open.close();
      }
    }
  }

  /** Why the store serves nothing any more, or null. */
  @Nullable WalException ended() {
    return writer.ended();
  }

  WalCounters counters() {
    return writer.counters();
  }

  void closeQuietly() {
    try {
      close();
    } catch (IOException failure) {
      LOG.warn("Write-ahead log [{}] was not closed properly", storage.describe(), failure);
    }
  }

  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      try {
        writer.close();
      } finally {
        storage.close();
      }
    }
  }
}

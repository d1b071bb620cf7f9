package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.persistence.JournalSerializer;
import io.pekkoraft.persistence.StoredSnapshot;
import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.snapshot.SnapshotInspection;
import io.pekkoraft.persistence.wal.LogInspection;
import io.pekkoraft.persistence.wal.WalException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a member would find if the power of its machine went now and nothing survived but what was
 * flushed: read from the bytes, by the rules of recovery.
 *
 * @param founded whether there is a log of a member at all
 * @param hashes chain hashes by index
 * @param snapshot the newest one whose file is there too, or null
 */
record DurableLog(
    boolean founded,
    HardState hardState,
    NavigableMap<Long, Long> hashes,
    @Nullable SnapshotDescriptor snapshot) {
  private static final JournalSerializer SERIALIZER = new JournalSerializer();

  /** Whether the entry is there, or a snapshot that includes it. */
  boolean holds(long index) {
    return index == 0
        || hashes.containsKey(index)
        || (snapshot != null && snapshot.index() >= index);
  }

  /** The chain hash at an index; null if it is not known any more, or not there. */
  @Nullable Long hash(long index) {
    if (snapshot != null && snapshot.index() == index) {
      return snapshot.chainHash();
    }
    return hashes.get(index);
  }

  static DurableLog read(Storage journal, Storage descriptors, Storage snapshots) {
    try {
      Fold fold = new Fold(snapshots.list());
      for (SnapshotInspection.Snapshot stored : SnapshotInspection.inspect(descriptors)) {
        if (stored.defect().isEmpty()
            && SERIALIZER.fromBinary(stored.bytes(), stored.manifest())
                instanceof StoredSnapshot it) {
          fold.add(it.snapshot());
        }
      }
      TreeMap<Long, JournalEvent> batches = new TreeMap<>();
      LogInspection log = LogInspection.of(journal);
      if (log.isLog()) {
        log.visit(new Events(batches));
      }
      for (JournalEvent event : batches.values()) {
        if (event instanceof LogBatch batch) {
          fold.add(batch);
        }
      }
      boolean founded = !batches.isEmpty() || fold.snapshot != null;
      return new DurableLog(founded, fold.hardState, fold.hashes, fold.snapshot);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By sequence number: the log copies old events to its end now and then. */
  private record Events(TreeMap<Long, JournalEvent> bySequenceNr) implements LogInspection.Visitor {
    @Override
    public void batch(LogInspection.Batch batch) {}

    @Override
    public void record(LogInspection.Entry entry) {
      boolean ours = entry.payload().length > 0 && entry.serializerId() == SERIALIZER.identifier();
      if (ours
          && SERIALIZER.fromBinary(entry.payload(), entry.manifest()) instanceof JournalEvent it) {
        bySequenceNr.put(entry.sequenceNr(), it);
      }
    }

    @Override
    public void unreadable(WalException problem) {}
  }

  private static final class Fold {
    private final List<String> files;
    private final NavigableMap<Long, Long> hashes = new TreeMap<>();
    private HardState hardState = HardState.INITIAL;
    private @Nullable SnapshotDescriptor snapshot;

    Fold(List<String> files) {
      this.files = files;
    }

    /** A descriptor without its file is worth nothing. */
    void add(SnapshotDescriptor found) {
      boolean newer = snapshot == null || found.index() > snapshot.index();
      if (newer && files.contains(found.file())) {
        snapshot = found;
      }
    }

    void add(LogBatch batch) {
      hardState = batch.hardState();
      if (batch.snapshot() != null) {
        hashes.clear();
        add(batch.snapshot());
      }
      if (batch.truncateFrom() != 0) {
        hashes.tailMap(batch.truncateFrom(), true).clear();
      }
      for (LogEntry entry : batch.entries()) {
        hashes.put(entry.index(), entry.hash());
      }
    }
  }
}

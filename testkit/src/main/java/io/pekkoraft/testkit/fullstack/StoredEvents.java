package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.log.JournalEvent;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.persistence.JournalSerializer;
import io.pekkoraft.persistence.StoredSnapshot;
import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.snapshot.SnapshotInspection;
import io.pekkoraft.persistence.wal.LogInspection;
import io.pekkoraft.persistence.wal.WalDamagedException;
import io.pekkoraft.persistence.wal.WalException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a journal and a snapshot store hold of a member, by sequence number: the log copies old
 * events to its end now and then.
 *
 * @param snapshot from which recovery starts, or null
 * @param replaced the sequence number that it is stored at, 0 without one
 * @param events behind it
 */
record StoredEvents(
    @Nullable SnapshotDescriptor snapshot, long replaced, NavigableMap<Long, JournalEvent> events) {
  private static final JournalSerializer SERIALIZER = new JournalSerializer();

  /** As they stand in the files, one after the other. */
  static StoredEvents read(Storage journal, Storage descriptors) {
    try {
      Events events = new Events();
      LogInspection log = LogInspection.of(journal);
      if (log.isLog()) {
        log.visit(events);
      }
      return behindNewest(descriptors, events.bySequenceNr);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The same of files that were damaged: also what stands behind the damage.
   *
   * @return null if nothing can be read
   */
  static @Nullable StoredEvents salvage(
      Storage journal, Storage descriptors, String persistenceId) {
    try {
      Events events = new Events();
      LogInspection log = LogInspection.of(journal);
      if (isRead(log)) {
        log.replay(persistenceId, 0, events::record);
      }
      return behindNewest(descriptors, events.bySequenceNr);
    } catch (WalException unreadable) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a log as a start would; false if there is none yet. */
  private static boolean isRead(LogInspection log) throws IOException {
    try {
      return log.isLog() && !log.verify().segments().isEmpty();
    } catch (WalDamagedException damage) {
      log.salvage(damage);
      return true;
    }
  }

  private static StoredEvents behindNewest(
      Storage descriptors, NavigableMap<Long, JournalEvent> events) throws IOException {
    SnapshotInspection.Snapshot newest = null;
    for (SnapshotInspection.Snapshot stored : SnapshotInspection.inspect(descriptors)) {
      if (stored.defect().isEmpty()
          && (newest == null || stored.sequenceNr() >= newest.sequenceNr())) {
        newest = stored;
      }
    }
    if (newest == null) {
      return new StoredEvents(null, 0, events);
    }
    SnapshotDescriptor snapshot =
        SERIALIZER.fromBinary(newest.bytes(), newest.manifest()) instanceof StoredSnapshot it
            ? it.snapshot()
            : null;
    return new StoredEvents(
        snapshot, newest.sequenceNr(), events.tailMap(newest.sequenceNr(), false));
  }

  private static final class Events implements LogInspection.Visitor {
    private final NavigableMap<Long, JournalEvent> bySequenceNr = new TreeMap<>();

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

  private long lastSequenceNr() {
    return events.isEmpty() ? replaced : events.lastKey();
  }

  /** Whether none of the events is missing, and all that led to {@code before} are there. */
  boolean comprises(StoredEvents before) {
    return events.size() == lastSequenceNr() - replaced
        && lastSequenceNr() >= before.lastSequenceNr();
  }
}

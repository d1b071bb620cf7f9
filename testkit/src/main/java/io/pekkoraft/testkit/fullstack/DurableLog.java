package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a member would find if the power of its machine went now and nothing survived but what was
 * flushed: read from the bytes, by the rules of recovery.
 *
 * @param founded whether there is a log of a member at all
 * @param entries by index
 * @param snapshot the newest one, or null
 * @param state what the snapshot's file says of itself; null if there is no such file
 * @param defects what no honest member leaves on its disk
 */
record DurableLog(
    boolean founded,
    HardState hardState,
    NavigableMap<Long, LogEntry> entries,
    @Nullable SnapshotDescriptor snapshot,
    @Nullable StateMark state,
    List<Defect> defects) {
  /** The last index that a state comprises, and the chain of all commands up to it. */
  record StateMark(long index, long chain) {
    /** Of a file that is not as it was written, or not there, because it was damaged. */
    static final StateMark DAMAGED = new StateMark(-1, -1);
  }

  /** What is wrong, and the invariant that says so. */
  record Defect(String invariant, String what) {}

  /** Whether a member that reads this has to say that it cannot go on from its snapshot. */
  boolean isStateDamaged() {
    return StateMark.DAMAGED.equals(state);
  }

  /** Whether the entry is there, or a snapshot that includes it. */
  boolean holds(long index) {
    return index == 0
        || entries.containsKey(index)
        || (snapshot != null && state != null && snapshot.index() >= index);
  }

  /** The chain hash at an index; null if it is not known any more, or not there. */
  @Nullable Long hash(long index) {
    if (snapshot != null && snapshot.index() == index) {
      return snapshot.chainHash();
    }
    LogEntry entry = entries.get(index);
    return entry == null ? null : entry.hash();
  }

  /** 0 if there is nothing. */
  long lastIndex() {
    long covered = snapshot == null ? 0 : snapshot.index();
    return entries.isEmpty() ? covered : Math.max(covered, entries.lastKey());
  }

  static DurableLog read(Storage journal, Storage descriptors, Storage snapshots) {
    return of(StoredEvents.read(journal, descriptors), snapshots, false);
  }

  /**
   * @param mayBeDamaged whether a snapshot's file may be missing, or other than it was written
   */
  static DurableLog of(StoredEvents stored, Storage snapshots, boolean mayBeDamaged) {
    try {
      return of(stored.snapshot(), stored.events().values(), snapshots, mayBeDamaged);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What cannot be read though nobody knows of anything that is lost. */
  static DurableLog unreadable() {
    return new DurableLog(
        true,
        HardState.INITIAL,
        new TreeMap<>(),
        null,
        null,
        List.of(new Defect("I27 the log on a disk has no hole", "it cannot be read")));
  }

  /**
   * @param snapshot from which recovery starts, or null
   * @param events behind it, in order
   */
  static DurableLog of(
      @Nullable SnapshotDescriptor snapshot, Collection<JournalEvent> events, Storage snapshots)
      throws IOException {
    return of(snapshot, events, snapshots, false);
  }

  private static DurableLog of(
      @Nullable SnapshotDescriptor snapshot,
      Collection<JournalEvent> events,
      Storage snapshots,
      boolean mayBeDamaged)
      throws IOException {
    Fold fold = new Fold(snapshot);
    events.forEach(fold::add);
    return fold.complete(!events.isEmpty() || snapshot != null, snapshots, mayBeDamaged);
  }

  private static final class Fold {
    private final NavigableMap<Long, LogEntry> entries = new TreeMap<>();
    private final List<Defect> defects = new ArrayList<>();
    private HardState hardState = HardState.INITIAL;
    private @Nullable SnapshotDescriptor snapshot;

    Fold(@Nullable SnapshotDescriptor snapshot) {
      this.snapshot = snapshot;
    }

    void add(JournalEvent event) {
      if (event instanceof LogBatch batch) {
        SnapshotDescriptor received = batch.snapshot();
        if (received != null) {
          entries.clear();
          if (snapshot == null || received.index() >= snapshot.index()) {
            snapshot = received;
          }
        }
        if (batch.truncateFrom() != 0) {
          checkTruncation(batch);
          entries.tailMap(batch.truncateFrom(), true).clear();
        }
        batch.entries().forEach(this::append);
        hardState = batch.hardState();
      }
    }

    /**
     * One leader's word never goes back to what it replaced, so within a term whatever goes makes
     * room for an entry of another term. A batch that begins a term may hold the orders of several
     * leaders.
     */
    private void checkTruncation(LogBatch batch) {
      LogEntry old = entries.get(batch.truncateFrom());
      LogEntry now = batch.entries().isEmpty() ? null : batch.entries().get(0);
      boolean conflict =
          now != null && old != null && now.index() == old.index() && now.term() != old.term();
      if (old != null && !conflict && batch.hardState().term() == hardState.term()) {
        defects.add(
            new Defect(
                "I15 only a conflict of terms truncates",
                "from " + batch.truncateFrom() + ": " + old + " makes room for " + now));
      }
    }

    /** An entry that a snapshot covers may stand on what is deleted. */
    private void append(LogEntry entry) {
      long covered = snapshot == null ? 0 : snapshot.index();
      if (!entries.isEmpty() && entry.index() == covered + 1 && entries.lastKey() < covered) {
        entries.clear();
      }
      Map.Entry<Long, LogEntry> last = entries.lastEntry();
      if (last != null) {
        checkNext(entry, last.getValue().position(), last.getValue().hash());
      } else if (snapshot != null && entry.index() > covered) {
        checkNext(entry, snapshot.position(), snapshot.chainHash());
      }
      entries.put(entry.index(), entry);
    }

    private void checkNext(LogEntry entry, LogPosition before, long hash) {
      if (entry.index() != before.index() + 1 || entry.previousHash() != hash) {
        defects.add(
            new Defect("I27 the log on a disk has no hole", entry + " stands behind " + before));
      }
    }

    DurableLog complete(boolean founded, Storage snapshots, boolean mayBeDamaged)
        throws IOException {
      SnapshotDescriptor newest = snapshot;
      StateMark state = null;
      if (newest != null && mayBeDamaged && !isWhole(snapshots, newest)) {
        state = StateMark.DAMAGED;
      } else if (newest != null && snapshots.list().contains(newest.file())) {
        state = mark(snapshots, newest.file());
      } else if (newest != null) {
        defects.add(new Defect("a snapshot's file is there", newest.toString()));
      }
      return new DurableLog(founded, hardState, entries, newest, state, List.copyOf(defects));
    }

    private static boolean isWhole(Storage snapshots, SnapshotDescriptor snapshot)
        throws IOException {
      if (!snapshots.list().contains(snapshot.file())) {
        return false;
      }
      try (StorageFile file = snapshots.openForReading(snapshot.file())) {
        byte[] content = new byte[(int) snapshot.length()];
        int length = file.read(0, content, 0, content.length);
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
        return length == content.length
            && HexFormat.of().formatHex(hash).equals(snapshot.contentHash());
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }

    /** As {@link CheckedStateMachine} writes it. */
    private static StateMark mark(Storage snapshots, String name) throws IOException {
      try (StorageFile file = snapshots.openForReading(name)) {
        byte[] bytes = new byte[2 * Long.BYTES];
        ByteBuffer read = ByteBuffer.wrap(bytes, 0, file.read(0, bytes, 0, bytes.length));
        return new StateMark(read.getLong(), read.getLong());
      }
    }
  }
}

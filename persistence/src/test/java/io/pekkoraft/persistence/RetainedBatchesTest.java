package io.pekkoraft.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.SnapshotDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What compaction deletes is never needed; what recovery accepts is whole. */
class RetainedBatchesTest {
  private static final String ID = "pekko-raft|shop|orders|a";

  @Test
  void after_any_history_and_any_compactions_recovery_finds_the_same_log_and_hard_state() {
    int compactions = 0;
    for (long seed = 0; seed < 400; seed++) {
      Store store = new Store();
      RandomJournal journal = new RandomJournal(seed);
      Random random = new Random(~seed);
      for (int step = 0; step < 60; step++) {
        store.write(journal.next());
        SnapshotDescriptor taken = random.nextInt(4) == 0 ? journal.takeSnapshot() : null;
        if (taken != null && store.compact(taken)) {
          compactions++;
        }
        RecoveredLog recovered = Objects.requireNonNull(store.recover());
        SnapshotDescriptor snapshot = recovered.snapshot();
        long from = snapshot == null ? 0 : snapshot.index();
        assertThat(fold(recovered, from)).as("seed %d", seed).isEqualTo(journal.above(from));
        assertThat(recovered.batches().get(recovered.batches().size() - 1).hardState())
            .as("seed %d", seed)
            .isEqualTo(journal.hardState());
      }
    }
    assertThat(compactions).isGreaterThan(400);
  }

  @Test
  void a_journal_that_has_lost_any_one_event_or_its_snapshot_is_refused() {
    for (long seed = 0; seed < 100; seed++) {
      Store store = new Store();
      RandomJournal journal = new RandomJournal(seed);
      for (int step = 0; step < 20; step++) {
        store.write(journal.next());
        SnapshotDescriptor taken = step % 4 == 3 ? journal.takeSnapshot() : null;
        if (taken != null) {
          store.compact(taken);
        }
      }
      for (long lost : store.events.keySet()) {
        Store broken = store.copy();
        broken.events.remove(lost);
        assertThatThrownBy(broken::recover).isInstanceOf(JournalRefusedException.class);
      }
      if (store.snapshot != null) {
        Store broken = store.copy();
        broken.snapshot = null;
        broken.snapshotSequenceNr = 0;
        assertThatThrownBy(broken::recover).isInstanceOf(JournalRefusedException.class);
      }
    }
  }

  @Test
  void the_newest_batch_stays_because_it_holds_the_hard_state() {
    RetainedBatches batches = new RetainedBatches();
    batches.add(2, batch(0, entries(1, 4)));
    assertThat(batches.lastReplacedBy(4)).isZero();

    batches.add(3, batch(0, List.of()));
    assertThat(batches.lastReplacedBy(4)).isEqualTo(2);
  }

  @Test
  void a_batch_that_reaches_above_the_snapshot_stays_with_all_after_it() {
    RetainedBatches batches = new RetainedBatches();
    batches.add(2, batch(0, entries(1, 4)));
    batches.add(3, batch(0, entries(5, 9)));
    batches.add(4, batch(0, List.of()));
    batches.add(5, batch(0, entries(10, 10)));

    assertThat(batches.lastReplacedBy(3)).isZero();
    assertThat(batches.lastReplacedBy(8)).isEqualTo(2);
    assertThat(batches.lastReplacedBy(9)).isEqualTo(4);
  }

  @Test
  void entries_that_were_truncated_keep_no_batch() {
    RetainedBatches batches = new RetainedBatches();
    batches.add(2, batch(0, entries(1, 10)));
    batches.add(3, batch(8, entries(8, 9)));
    batches.add(4, batch(0, List.of()));

    assertThat(batches.lastReplacedBy(7)).isEqualTo(2);
    assertThat(batches.lastReplacedBy(9)).isEqualTo(3);
  }

  private static LogBatch batch(long truncateFrom, List<LogEntry> entries) {
    return new LogBatch(new HardState(1, null), null, truncateFrom, entries);
  }

  private static List<LogEntry> entries(long from, long to) {
    List<LogEntry> entries = new ArrayList<>();
    for (long index = from; index <= to; index++) {
      entries.add(LogEntry.following(index, index, 1, LogEntry.Kind.COMMAND, new byte[0]));
    }
    return entries;
  }

  /** What a reader of {@link RecoveredLog} is told to do, in the plainest way. */
  private static List<LogEntry> fold(RecoveredLog recovered, long snapshotIndex) {
    TreeMap<Long, LogEntry> log = new TreeMap<>();
    for (LogBatch batch : recovered.batches()) {
      if (batch.snapshot() != null) {
        log.clear();
      }
      if (batch.truncateFrom() > 0) {
        log.tailMap(batch.truncateFrom(), true).clear();
      }
      batch.entries().forEach(entry -> log.put(entry.index(), entry));
    }
    return List.copyOf(log.tailMap(snapshotIndex, false).values());
  }

  /** A journal and a snapshot store, as far as compaction sees them. */
  private static final class Store {
    private final TreeMap<Long, JournalEvent> events = new TreeMap<>();
    private final RetainedBatches retained = new RetainedBatches();
    private long highest = 1;
    private long snapshotSequenceNr;
    private @Nullable SnapshotDescriptor snapshot;

    Store() {
      events.put(1L, RandomJournal.FOUNDED);
    }

    void write(LogBatch batch) {
      events.put(++highest, batch);
      retained.add(highest, batch);
    }

    boolean compact(SnapshotDescriptor taken) {
      long sequenceNr = retained.lastReplacedBy(taken.index());
      if (sequenceNr <= snapshotSequenceNr) {
        return false;
      }
      snapshot = taken;
      snapshotSequenceNr = sequenceNr;
      retained.dropThrough(sequenceNr);
      events.headMap(sequenceNr, true).clear();
      return true;
    }

    @Nullable RecoveredLog recover() {
      RecoveryCheck check = new RecoveryCheck(ID, RandomJournal.FOUNDED);
      if (snapshot != null) {
        check.onSnapshot(snapshotSequenceNr, new StoredSnapshot(RandomJournal.FOUNDED, snapshot));
      }
      events.forEach(check::onEvent);
      return check.complete(highest);
    }

    Store copy() {
      Store copy = new Store();
      copy.events.clear();
      copy.events.putAll(events);
      copy.highest = highest;
      copy.snapshot = snapshot;
      copy.snapshotSequenceNr = snapshotSequenceNr;
      return copy;
    }
  }
}

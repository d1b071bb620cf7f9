package io.pekkoraft.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.SnapshotDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Snapshots, and what of the log they let go of. */
class JournalCompactionTest extends JournalActorFixture {
  @Test
  void compaction_saves_the_descriptor_below_the_newest_event_and_keeps_the_tail()
      throws InterruptedException {
    Opened first = founded();
    List<LogBatch> batches = writeTen(first);
    // Sequence numbers 2 to 11 hold the entries 1 to 10.
    SnapshotDescriptor snapshot = snapshotAt(4);
    first.compact(snapshot);
    // Told once the descriptor is kept; a stop before the deletion would leave the events.
    awaitEvents(6, 7, 8, 9, 10, 11);

    RecoveredLog recovered = (RecoveredLog) reopen(false).next();
    assertThat(recovered)
        .isEqualTo(new RecoveredLog(FOUNDED, snapshot, batches.subList(4, 10), false));
  }

  @Test
  void a_batch_across_the_snapshot_stays_whole() throws InterruptedException {
    Opened first = founded();
    LogBatch one = new LogBatch(new HardState(1, null), null, 0, append(2, 1));
    LogBatch two = new LogBatch(new HardState(1, null), null, 0, append(5, 1));
    first.write(1, one);
    first.write(2, two);
    SnapshotDescriptor snapshot = snapshotAt(4);
    first.compact(snapshot);

    assertThat(reopen(false).next())
        .isEqualTo(new RecoveredLog(FOUNDED, snapshot, List.of(two), false));
  }

  @Test
  void each_later_snapshot_replaces_the_one_before() throws InterruptedException, IOException {
    Opened first = founded();
    List<LogBatch> batches = writeTen(first);
    first.compact(snapshotAt(3));
    first.compact(snapshotAt(7));
    awaitEvents(9, 10, 11);
    awaitSnapshotFiles(1);

    assertThat(reopen(false).next())
        .isEqualTo(new RecoveredLog(FOUNDED, snapshotAt(7), batches.subList(7, 10), false));
  }

  @Test
  void a_received_snapshot_replaces_the_log_before_it() throws InterruptedException {
    Opened first = founded();
    first.write(1, new LogBatch(new HardState(1, null), null, 0, append(3, 1)));
    SnapshotDescriptor received = descriptor(new LogPosition(4, 50), 4711, "in");
    LogEntry next = LogEntry.following(4711, 51, 4, LogEntry.Kind.COMMAND, new byte[] {1});
    LogBatch started = new LogBatch(new HardState(4, null), received, 0, List.of());
    LogBatch extended = new LogBatch(new HardState(4, null), null, 0, List.of(next));
    first.write(2, started);
    first.write(3, extended);
    first.compact(received);

    assertThat(reopen(false).next())
        .isEqualTo(new RecoveredLog(FOUNDED, received, List.of(extended), false));
  }

  @Test
  void an_older_received_snapshot_in_the_log_does_not_take_the_place_of_the_newer_one_kept()
      throws InterruptedException {
    Opened first = founded();
    SnapshotDescriptor received = descriptor(new LogPosition(4, 80), 4711, "in");
    List<LogEntry> after = new ArrayList<>();
    long hash = received.chainHash();
    for (long index = 81; index <= 120; index++) {
      LogEntry entry =
          LogEntry.following(hash, index, 4, LogEntry.Kind.COMMAND, new byte[] {(byte) index});
      hash = entry.hash();
      after.add(entry);
    }
    LogBatch batch = new LogBatch(new HardState(4, null), received, 0, after);
    LogEntry hundredth = after.get(100 - 81);
    SnapshotDescriptor own = descriptor(hundredth.position(), hundredth.hash(), "own-100");
    first.write(1, new LogBatch(new HardState(1, null), null, 0, append(3, 1)));
    first.write(2, batch);
    first.compact(own);

    RecoveredLog recovered = (RecoveredLog) reopen(false).next();
    assertThat(recovered).isEqualTo(new RecoveredLog(FOUNDED, own, List.of(batch), false));
    assertThat(recovered.newestSnapshot()).isEqualTo(own);
  }

  @Test
  void what_could_not_be_deleted_is_deleted_with_the_next_snapshot() throws InterruptedException {
    Opened first = founded();
    List<LogBatch> batches = writeTen(first);
    disk.failDeletes(new IOException("no"));
    first.compact(snapshotAt(4));
    first.write(100, new LogBatch(new HardState(9, null), null, 0, List.of()));
    assertThat(disk.sequenceNrs()).hasSize(12);

    disk.failDeletes(null);
    first.compact(snapshotAt(6));
    awaitEvents(8, 9, 10, 11, 12);
    RecoveredLog recovered = (RecoveredLog) reopen(false).next();
    assertThat(recovered.batches().subList(0, 4)).isEqualTo(batches.subList(6, 10));
  }

  @Test
  void a_descriptor_that_cannot_be_saved_costs_no_event_and_no_node()
      throws InterruptedException, IOException {
    Opened first = founded();
    List<LogBatch> batches = writeTen(first);
    Path snapshots = directory.resolve("snapshots");
    Files.deleteIfExists(snapshots);
    Files.writeString(snapshots, "in the way");
    first.journal.compact(snapshotAt(4));
    first.write(100, new LogBatch(new HardState(9, null), null, 0, List.of()));
    assertThat(disk.sequenceNrs()).hasSize(12);

    Files.delete(snapshots);
    // The first may be tried only now, when nothing is in the way: then it is the one that is told.
    first.journal.compact(snapshotAt(6));
    first.journal.compact(snapshotAt(7));
    Object told = first.next();
    assertThat(told).isIn(snapshotAt(4), snapshotAt(6), snapshotAt(7));
    RecoveredLog recovered = (RecoveredLog) reopen(false).next();
    assertThat(batches).contains(recovered.batches().get(0));
  }
}

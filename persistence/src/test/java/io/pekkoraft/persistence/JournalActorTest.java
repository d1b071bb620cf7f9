package io.pekkoraft.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.persistence.JournalRefusedException.Reason;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Founding, and writing, over a journal and a snapshot store of Pekko's. */
class JournalActorTest extends JournalActorFixture {
  @Test
  void an_empty_journal_is_founded_once_when_it_may_be() throws InterruptedException {
    Opened first = open(true);
    assertThat(first.next()).isEqualTo(new RecoveredLog(FOUNDED, null, List.of(), true));

    Opened again = reopen(true);
    assertThat(again.next()).isEqualTo(new RecoveredLog(FOUNDED, null, List.of(), false));
    assertThat(disk.sequenceNrs()).containsExactly(1L);
  }

  @Test
  void an_empty_journal_is_never_founded_by_a_plain_start() throws InterruptedException {
    Opened opened = open(false);

    assertThat(opened.refusal(Reason.NEEDS_READMISSION))
        .contains("pekko-raft|shop|orders|a", "is empty", "put the lost one back");
    assertThat(disk.sequenceNrs()).isEmpty();
    opened.awaitStopped();
  }

  @Test
  void batches_come_back_as_they_were_written_truncations_too() throws InterruptedException {
    Opened first = founded();
    LogBatch one = new LogBatch(new HardState(1, NodeId.of("a")), null, 0, append(3, 1));
    LogBatch two = new LogBatch(new HardState(2, null), null, 0, List.of());
    LogBatch three = new LogBatch(new HardState(2, null), null, 2, truncateAndAppend(2, 2, 2));
    first.write(1, one);
    first.write(2, two);
    first.write(3, three);

    assertThat(reopen(false).next())
        .isEqualTo(new RecoveredLog(FOUNDED, null, List.of(one, two, three), false));
  }

  @Test
  void a_failed_write_is_told_once_and_ends_the_journal() throws InterruptedException {
    Opened opened = founded();
    IOException cause = new IOException("disk gone");
    disk.failWrites(cause);
    opened.journal.write(1, new LogBatch(new HardState(1, null), null, 0, List.of()));

    assertThat(opened.next()).isEqualTo(cause);
    opened.awaitStopped();
    opened.journal.write(2, new LogBatch(new HardState(1, null), null, 0, List.of()));
    assertThat(opened.hasHeardAll()).isTrue();
  }

  @Test
  void a_rejected_write_is_told_once_and_ends_the_journal() throws InterruptedException {
    Opened opened = founded();
    IOException cause = new IOException("not this one");
    disk.rejectWrites(cause);
    opened.journal.write(1, new LogBatch(new HardState(1, null), null, 0, List.of()));

    assertThat(opened.next()).isEqualTo(cause);
    opened.awaitStopped();
  }
}

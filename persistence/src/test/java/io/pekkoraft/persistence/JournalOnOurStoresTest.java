package io.pekkoraft.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.SnapshotDescriptor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal on the write-ahead log and the snapshot store of this module, over restarts. */
class JournalOnOurStoresTest {
  private int compactions;

  @Test
  void a_long_history_with_compactions_and_restarts_is_recovered(@TempDir Path directory)
      throws InterruptedException {
    RandomJournal journal = new RandomJournal(7);
    Random random = new Random(8);
    List<LogBatch> written = new ArrayList<>();
    List<SnapshotDescriptor> asked = new ArrayList<>();
    long keptIndex = 0;
    for (int life = 0; life < 4; life++) {
      ActorSystem system = OurStores.system(directory);
      try {
        HearingNode node = new HearingNode();
        PersistentJournal opened =
            PersistentJournal.open(
                system,
                "journal",
                "pekko.actor.default-dispatcher",
                OurStores.settings(life == 0),
                node);
        RecoveredLog recovered = (RecoveredLog) node.next();
        assertThat(recovered.fresh()).isEqualTo(life == 0);
        SnapshotDescriptor found = recovered.snapshot();
        // What was confirmed is there; what was asked for after that may be.
        assertThat(found == null ? 0 : found.index()).isGreaterThanOrEqualTo(keptIndex);
        assertThat(found == null || asked.contains(found)).isTrue();
        int from = written.size() - recovered.batches().size();
        assertThat(recovered.batches()).isEqualTo(written.subList(from, written.size()));
        for (int i = 0; i < 100; i++) {
          LogBatch batch = journal.next();
          opened.write(i, batch);
          written.add(batch);
          keptIndex = awaitPersisted(node, i, keptIndex);
          SnapshotDescriptor taken = random.nextInt(8) == 0 ? journal.takeSnapshot() : null;
          if (taken != null) {
            asked.add(taken);
            opened.compact(taken);
          }
        }
      } finally {
        TestKit.shutdownActorSystem(system);
      }
    }
    assertThat(compactions).isGreaterThan(5);
  }

  /** Waits for a batch; returns up to where snapshots were confirmed until then. */
  private long awaitPersisted(HearingNode node, long ticket, long keptBefore)
      throws InterruptedException {
    long kept = keptBefore;
    Object next = node.next();
    while (next instanceof SnapshotDescriptor descriptor) {
      kept = descriptor.index();
      compactions++;
      next = node.next();
    }
    assertThat(next).isEqualTo(ticket);
    return kept;
  }
}

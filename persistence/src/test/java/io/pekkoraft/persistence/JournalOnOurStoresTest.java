package io.pekkoraft.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.SnapshotDescriptor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal on the write-ahead log and the snapshot store of this module, over restarts. */
class JournalOnOurStoresTest {

  @Test
  void a_long_history_with_compactions_and_restarts_is_recovered(@TempDir Path directory)
      throws InterruptedException {
    RandomJournal journal = new RandomJournal(7);
    Random random = new Random(8);
    List<LogBatch> written = new ArrayList<>();
    List<SnapshotDescriptor> asked = new ArrayList<>();
    long keptIndex = 0;
    int compactions = 0;
    for (int life = 0; life < 4; life++) {
      ActorSystem system = system(directory);
      try {
        Node node = new Node();
        PersistentJournal opened =
            PersistentJournal.open(
                system, "journal", "pekko.actor.default-dispatcher", settings(life == 0), node);
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
          keptIndex = node.awaitPersisted(i, keptIndex);
          SnapshotDescriptor taken = random.nextInt(8) == 0 ? journal.takeSnapshot() : null;
          if (taken != null) {
            asked.add(taken);
            opened.compact(taken);
          }
        }
        compactions += node.compacted;
      } finally {
        TestKit.shutdownActorSystem(system);
      }
    }
    assertThat(compactions).isGreaterThan(5);
  }

  private static JournalSettings settings(boolean mayFound) {
    return new JournalSettings(
        RandomJournal.FOUNDED,
        mayFound,
        "pekko-raft.persistence.journal",
        "pekko-raft.persistence.snapshot-store");
  }

  private static ActorSystem system(Path directory) {
    return ActorSystem.create(
        "shop",
        ConfigFactory.parseMap(
                Map.of(
                    "pekko-raft.persistence.journal.directory",
                    directory.resolve("log").toString(),
                    "pekko-raft.persistence.journal.segment-size",
                    "256 KiB",
                    "pekko-raft.persistence.snapshot-store.directory",
                    directory.resolve("snapshots").toString()))
            .withFallback(ConfigFactory.load()));
  }

  private static final class Node implements Journal.Listener {
    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    private int compacted;

    Object next() throws InterruptedException {
      Object next = heard.poll(20, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("the journal said nothing");
      }
      if (next instanceof Throwable cause) {
        throw new AssertionError("the journal failed", cause);
      }
      return next;
    }

    /** Waits for the batch; returns up to where snapshots were confirmed until then. */
    long awaitPersisted(long ticket, long keptBefore) throws InterruptedException {
      long kept = keptBefore;
      Object next = next();
      while (next instanceof SnapshotDescriptor descriptor) {
        kept = descriptor.index();
        compacted++;
        next = next();
      }
      assertThat(next).isEqualTo(ticket);
      return kept;
    }

    @Override
    public void recovered(RecoveredLog log) {
      heard.add(log);
    }

    @Override
    public void persisted(long ticket) {
      heard.add(ticket);
    }

    @Override
    public void compacted(SnapshotDescriptor snapshot) {
      heard.add(snapshot);
    }

    @Override
    public void failed(Throwable cause) {
      heard.add(cause);
    }
  }
}

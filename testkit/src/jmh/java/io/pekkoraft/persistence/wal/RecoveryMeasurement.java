package io.pekkoraft.persistence.wal;

import com.typesafe.config.ConfigFactory;
import io.pekkoraft.log.ChainHash;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent.Founded;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.persistence.Journal;
import io.pekkoraft.persistence.JournalSettings;
import io.pekkoraft.persistence.PersistentJournal;
import io.pekkoraft.persistence.RecoveredLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.testkit.javadsl.TestKit;

/** How long a member's journal with a million small entries takes to be recovered. */
final class RecoveryMeasurement {
  private static final int BATCHES = 10_000;
  private static final int ENTRIES = 100;
  private static final int LIVES = 4;

  private RecoveryMeasurement() {}

  static void print(Path base) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory(base, "log-recovery");
    try {
      for (int life = 0; life < LIVES; life++) {
        long start = System.nanoTime();
        ActorSystem system = system(directory);
        try {
          long started = System.nanoTime();
          BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
          PersistentJournal journal = open(system, life == 0, heard);
          RecoveredLog recovered = (RecoveredLog) heard.take();
          long end = System.nanoTime();
          if (life == 0) {
            fill(journal, heard);
          } else {
            System.out.printf(
                "recovery of %d batches of %d entries: %.2f s (and %.2f s for the actor system)%n",
                recovered.batches().size(),
                ENTRIES,
                (end - started) / 1e9,
                (started - start) / 1e9);
          }
        } finally {
          TestKit.shutdownActorSystem(system);
        }
      }
    } finally {
      LogBenchmark.delete(directory);
    }
  }

  private static void fill(PersistentJournal journal, BlockingQueue<Object> heard)
      throws InterruptedException {
    long hash = ChainHash.EMPTY;
    long index = 0;
    for (int i = 0; i < BATCHES; i++) {
      List<LogEntry> entries = new ArrayList<>(ENTRIES);
      for (int j = 0; j < ENTRIES; j++) {
        LogEntry entry = LogEntry.following(hash, ++index, 1, LogEntry.Kind.COMMAND, new byte[32]);
        hash = entry.hash();
        entries.add(entry);
      }
      journal.write(i, new LogBatch(new HardState(1, null), null, 0, entries));
      heard.take();
    }
  }

  private static PersistentJournal open(
      ActorSystem system, boolean mayFound, BlockingQueue<Object> heard) {
    NodeId node = NodeId.of("a");
    Founded founded =
        new Founded(
            new GroupIdentity("bench", "recovery", 1),
            node,
            1,
            new Configuration(List.of(new Member(node, 1, "pekko://bench@127.0.0.1:1"))));
    return PersistentJournal.open(
        system,
        "journal",
        "pekko.actor.default-dispatcher",
        new JournalSettings(
            founded,
            mayFound,
            "pekko-raft.persistence.journal",
            "pekko-raft.persistence.snapshot-store"),
        new Journal.Listener() {
          @Override
          public void recovered(RecoveredLog log) {
            heard.add(log);
          }

          @Override
          public void persisted(long ticket) {
            heard.add(ticket);
          }

          @Override
          public void failed(Throwable cause) {
            heard.add(cause);
          }
        });
  }

  private static ActorSystem system(Path directory) {
    return ActorSystem.create(
        "log-recovery",
        ConfigFactory.parseMap(
                Map.of(
                    "pekko-raft.persistence.journal.directory",
                    directory.resolve("log").toString(),
                    "pekko-raft.persistence.snapshot-store.directory",
                    directory.resolve("snapshots").toString(),
                    "pekko.loglevel",
                    "WARNING"))
            .withFallback(ConfigFactory.load()));
  }
}

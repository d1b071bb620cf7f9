package io.pekkoraft.persistence;

import com.typesafe.config.ConfigFactory;
import io.pekkoraft.log.ChainHash;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent.Founded;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.persistence.file.DirectoryStorage;
import io.pekkoraft.persistence.file.DurableText;
import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.snapshot.SnapshotFile;
import io.pekkoraft.persistence.snapshot.SnapshotFiles;
import io.pekkoraft.persistence.snapshot.SnapshotWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.testkit.javadsl.TestKit;

/**
 * A data directory with one member, written by the journal, the snapshot store and the snapshot
 * files as in production: ten entries, of which a snapshot covers the first seven, and an older
 * snapshot's file that was not deleted yet.
 */
public final class SampleMember {
  public static final String GROUP = "orders";

  /** Of the content of each snapshot: more than two chunks. */
  public static final int SNAPSHOT_BYTES = 600_000;

  private static final int ENTRIES = 10;
  private static final int SNAPSHOT_INDEX = 7;

  private final Founded founded;
  private LogEntry last =
      LogEntry.following(ChainHash.EMPTY, 1, 1, LogEntry.Kind.COMMAND, new byte[] {1});

  private SampleMember(Founded founded) {
    this.founded = founded;
  }

  public static String persistenceId(String node) {
    return JournalSettings.persistenceId(RandomJournal.FOUNDED.group(), NodeId.of(node));
  }

  /**
   * Writes the directory of a node.
   *
   * @return the name of the newest snapshot's file
   */
  public static String write(Path data, String node) throws IOException, InterruptedException {
    Founded ours = RandomJournal.FOUNDED;
    return new SampleMember(
            new Founded(
                ours.group(), NodeId.of(node), ours.nodeIncarnation(), ours.configuration()))
        .write(data);
  }

  private String write(Path data) throws IOException, InterruptedException {
    Path group = data.resolve("group-" + GROUP);
    Files.createDirectories(group);
    try (Storage files = DirectoryStorage.open(data)) {
      DurableText.replace(files, "IDENTITY", "pekko-raft data directory, format 1\n");
    }
    Files.createFile(group.resolve("STARTED"));
    ActorSystem system = system(data);
    try (SnapshotFiles files =
        SnapshotFiles.open(DirectoryStorage.open(group.resolve("snapshots")))) {
      HearingNode node = new HearingNode();
      JournalSettings settings =
          new JournalSettings(
              founded,
              true,
              "pekko-raft.persistence.journal",
              "pekko-raft.persistence.snapshot-store");
      PersistentJournal journal =
          PersistentJournal.open(
              system, "journal", "pekko.actor.default-dispatcher", settings, node);
      told(node, RecoveredLog.class);
      List<SnapshotDescriptor> taken = new ArrayList<>();
      for (long i = 1; i <= ENTRIES; i++) {
        journal.write(i, new LogBatch(new HardState(1, null), null, 0, List.of(last)));
        told(node, Long.class);
        if (i == SNAPSHOT_INDEX - 4 || i == SNAPSHOT_INDEX) {
          taken.add(snapshot(files));
        }
        last =
            LogEntry.following(last.hash(), i + 1, 1, LogEntry.Kind.COMMAND, new byte[] {(byte) i});
      }
      SnapshotDescriptor newest = taken.get(taken.size() - 1);
      journal.compact(newest);
      told(node, SnapshotDescriptor.class);
      return newest.file();
    } finally {
      TestKit.shutdownActorSystem(system);
    }
  }

  private static void told(HearingNode node, Class<?> expected) throws InterruptedException {
    Object told = node.next();
    if (!expected.isInstance(told)) {
      throw new AssertionError("the journal said " + told);
    }
  }

  private SnapshotDescriptor snapshot(SnapshotFiles files) throws IOException {
    byte[] content = new byte[SNAPSHOT_BYTES];
    new Random(last.index()).nextBytes(content);
    try (SnapshotWriter writer = files.create(last.index())) {
      writer.stream().write(content);
      SnapshotFile file = writer.commit();
      return new SnapshotDescriptor(
          last.position(),
          last.hash(),
          founded.configuration(),
          file.name(),
          file.length(),
          file.contentHash());
    }
  }

  private static ActorSystem system(Path data) {
    return ActorSystem.create(
        "shop",
        ConfigFactory.parseMap(
                Map.of(
                    "pekko-raft.persistence.journal.directory",
                    data.resolve("journal").toString(),
                    "pekko-raft.persistence.journal.segment-size",
                    "256 KiB",
                    "pekko-raft.persistence.snapshot-store.directory",
                    data.resolve("snapshot-descriptors").toString()))
            .withFallback(ConfigFactory.load()));
  }
}

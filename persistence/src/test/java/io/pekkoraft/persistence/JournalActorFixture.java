package io.pekkoraft.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.pekkoraft.log.ChainHash;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent.Founded;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.persistence.JournalRefusedException.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A journal over a journal and a snapshot store of Pekko's, and the verbs of its stories. */
abstract class JournalActorFixture {
  static final Founded FOUNDED = RandomJournal.FOUNDED;

  @TempDir Path directory;
  private String name = "";
  FaultyJournal.Disk disk = FaultyJournal.disk("none");
  private @Nullable ActorSystem system;
  final List<LogEntry> log = new ArrayList<>();

  @BeforeEach
  void nameTheDisk(TestInfo info) {
    name = info.getDisplayName() + directory.getFileName();
    disk = FaultyJournal.disk(name);
  }

  @AfterEach
  void stop() {
    if (system != null) {
      TestKit.shutdownActorSystem(system);
    }
  }

  Opened open(boolean mayFound) {
    return open(new JournalSettings(FOUNDED, mayFound, "", ""));
  }

  Opened open(JournalSettings settings) {
    ActorSystem started =
        ActorSystem.create(
            "shop",
            ConfigFactory.parseMap(
                    Map.of(
                        "pekko.persistence.journal.plugin",
                        "faulty",
                        "pekko.persistence.snapshot-store.plugin",
                        "pekko.persistence.snapshot-store.local",
                        "pekko.persistence.snapshot-store.local.dir",
                        directory.resolve("snapshots").toString(),
                        "pekko.loglevel",
                        "OFF",
                        "pekko.stdout-loglevel",
                        "OFF",
                        "faulty.class",
                        FaultyJournal.class.getName(),
                        "faulty.disk",
                        name))
                .withFallback(ConfigFactory.load()));
    system = started;
    return new Opened(started, settings);
  }

  Opened reopen(boolean mayFound) {
    return reopen(new JournalSettings(FOUNDED, mayFound, "", ""));
  }

  Opened reopen(JournalSettings settings) {
    stop();
    return open(settings);
  }

  Opened founded() throws InterruptedException {
    Opened opened = open(true);
    assertThat(opened.next()).isInstanceOf(RecoveredLog.class);
    return opened;
  }

  List<LogBatch> writeTen(Opened opened) throws InterruptedException {
    List<LogBatch> batches = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      LogBatch batch = new LogBatch(new HardState(1, null), null, 0, append(1, 1));
      opened.write(i, batch);
      batches.add(batch);
    }
    return batches;
  }

  List<LogEntry> append(int count, long term) {
    List<LogEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long hash = log.isEmpty() ? ChainHash.EMPTY : log.get(log.size() - 1).hash();
      byte[] payload = {(byte) log.size(), (byte) term};
      LogEntry entry =
          LogEntry.following(hash, log.size() + 1, term, LogEntry.Kind.COMMAND, payload);
      log.add(entry);
      entries.add(entry);
    }
    return entries;
  }

  List<LogEntry> truncateAndAppend(int from, int count, long term) {
    log.subList(from - 1, log.size()).clear();
    return append(count, term);
  }

  SnapshotDescriptor snapshotAt(int index) {
    LogEntry entry = log.get(index - 1);
    return descriptor(entry.position(), entry.hash(), "own-" + index);
  }

  static SnapshotDescriptor descriptor(LogPosition position, long hash, String file) {
    return new SnapshotDescriptor(position, hash, FOUNDED.configuration(), file, 10, "ab");
  }

  void awaitEvents(long... sequenceNrs) throws InterruptedException {
    List<Long> expected = new ArrayList<>();
    for (long sequenceNr : sequenceNrs) {
      expected.add(sequenceNr);
    }
    await(() -> disk.sequenceNrs().equals(expected));
    assertThat(disk.sequenceNrs()).isEqualTo(expected);
  }

  void awaitSnapshotFiles(int count) throws InterruptedException {
    await(() -> snapshotFiles() == count);
    assertThat(snapshotFiles()).isEqualTo(count);
  }

  private int snapshotFiles() {
    String[] files = directory.resolve("snapshots").toFile().list();
    return files == null ? 0 : files.length;
  }

  void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
    if (system != null) {
      new TestKit(system).awaitCond(Duration.ofMinutes(1), condition::getAsBoolean);
    }
  }

  /** A journal as its node sees it. */
  static final class Opened {
    private final HearingNode node = new HearingNode();
    private final TestKit probe;
    private final ActorRef actor;
    final PersistentJournal journal;

    Opened(ActorSystem system, JournalSettings settings) {
      probe = new TestKit(system);
      actor = system.actorOf(PersistentJournal.props(settings, node), "journal");
      probe.watch(actor);
      journal = new PersistentJournal(actor);
    }

    Object next() throws InterruptedException {
      return node.next();
    }

    /** False if more was told than was looked at. */
    boolean hasHeardAll() {
      return node.hasHeardAll();
    }

    void write(long ticket, LogBatch batch) throws InterruptedException {
      journal.write(ticket, batch);
      assertThat(next()).isEqualTo(ticket);
    }

    void compact(SnapshotDescriptor snapshot) throws InterruptedException {
      journal.compact(snapshot);
      assertThat(next()).isEqualTo(snapshot);
    }

    String refusal(Reason reason) throws InterruptedException {
      Object told = next();
      assertThat(told).isInstanceOf(JournalRefusedException.class);
      assertThat(((JournalRefusedException) told).reason()).isEqualTo(reason);
      return String.valueOf(((JournalRefusedException) told).getMessage());
    }

    void awaitStopped() {
      probe.expectTerminated(actor);
    }
  }
}

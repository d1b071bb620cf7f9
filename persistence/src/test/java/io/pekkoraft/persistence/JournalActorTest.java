package io.pekkoraft.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.pekkoraft.log.ChainHash;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent.Founded;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.persistence.JournalRefusedException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Founding, recovery, compaction and failure, over a journal and a snapshot store of Pekko's. */
class JournalActorTest {
  private static final Founded FOUNDED = RandomJournal.FOUNDED;

  @TempDir Path directory;
  private String name = "";
  private FaultyJournal.Disk disk = FaultyJournal.disk("none");
  private @Nullable ActorSystem system;
  private final List<LogEntry> log = new ArrayList<>();

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
        .contains("pekko-raft|shop|orders|a", "is empty", "admit it again");
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
  void compaction_saves_the_descriptor_below_the_newest_event_and_keeps_the_tail()
      throws InterruptedException {
    Opened first = founded();
    List<LogBatch> batches = writeTen(first);
    // Sequence numbers 2 to 11 hold the entries 1 to 10.
    SnapshotDescriptor snapshot = snapshotAt(4);
    first.compact(snapshot);

    RecoveredLog recovered = (RecoveredLog) reopen(false).next();
    assertThat(recovered)
        .isEqualTo(new RecoveredLog(FOUNDED, snapshot, batches.subList(4, 10), false));
    awaitEvents(6, 7, 8, 9, 10, 11);
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

  @Test
  void a_failed_write_is_told_once_and_ends_the_journal() throws InterruptedException {
    Opened opened = founded();
    IOException cause = new IOException("disk gone");
    disk.failWrites(cause);
    opened.journal.write(1, new LogBatch(new HardState(1, null), null, 0, List.of()));

    assertThat(opened.next()).isEqualTo(cause);
    opened.awaitStopped();
    opened.journal.write(2, new LogBatch(new HardState(1, null), null, 0, List.of()));
    assertThat(opened.heard).isEmpty();
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

  @Test
  void another_nodes_journal_is_refused_saying_what_differs() throws InterruptedException {
    founded();
    GroupIdentity group = FOUNDED.group();
    Map<String, Founded> others =
        Map.of(
            "group shop/orders#4d, not shop/orders#4e",
            new Founded(
                new GroupIdentity("shop", "orders", 78),
                FOUNDED.node(),
                11,
                FOUNDED.configuration()),
            "node incarnation b, not c",
            new Founded(group, FOUNDED.node(), 12, FOUNDED.configuration()),
            "not {a=b}",
            new Founded(
                group,
                FOUNDED.node(),
                11,
                new Configuration(List.of(new Member(FOUNDED.node(), 11, "x")))));
    for (Map.Entry<String, Founded> other : others.entrySet()) {
      Opened opened = reopen(new JournalSettings(other.getValue(), true, "", ""));
      assertThat(opened.refusal(Reason.FOREIGN)).contains(other.getKey(), "data directory");
    }
    assertThat(disk.sequenceNrs()).containsExactly(1L);
  }

  @Test
  void members_may_have_moved_to_other_addresses() throws InterruptedException {
    founded();
    List<Member> moved =
        FOUNDED.configuration().voters().stream()
            .map(voter -> new Member(voter.id(), voter.incarnation(), "pekko://shop@10.9.9.9:1"))
            .toList();
    Founded expected = new Founded(FOUNDED.group(), FOUNDED.node(), 11, new Configuration(moved));

    assertThat(reopen(new JournalSettings(expected, false, "", "")).next())
        .isEqualTo(new RecoveredLog(FOUNDED, null, List.of(), false));
  }

  @Test
  void a_lost_event_is_refused() throws InterruptedException {
    writeTen(founded());
    disk.lose(7);

    assertThat(reopen(true).refusal(Reason.DAMAGED))
        .contains("event 8 after 6, what is between is missing");
  }

  @Test
  void a_lost_newest_event_is_refused_though_the_log_has_no_hole() throws InterruptedException {
    writeTen(founded());
    disk.lose(11);

    assertThat(reopen(true).refusal(Reason.DAMAGED)).contains("only those up to 10 are there");
  }

  @Test
  void a_lost_beginning_is_refused_and_never_founded_again() throws InterruptedException {
    writeTen(founded());
    for (long sequenceNr = 1; sequenceNr <= 11; sequenceNr++) {
      disk.lose(sequenceNr);
    }

    assertThat(reopen(true).refusal(Reason.DAMAGED)).contains("events up to 11 were written");
  }

  @Test
  void a_damaged_event_ends_recovery_with_its_cause() throws InterruptedException {
    writeTen(founded());
    disk.damage(5);

    assertThat(String.valueOf(reopen(true).next())).contains("MalformedBytesException");
  }

  @Test
  void a_plugin_that_is_not_there_is_told() throws InterruptedException {
    Opened opened = open(new JournalSettings(FOUNDED, true, "no-such-journal", ""));

    assertThat(String.valueOf(opened.next())).contains("no-such-journal");
    opened.awaitStopped();
  }

  // --- the story's verbs

  private Opened open(boolean mayFound) {
    return open(new JournalSettings(FOUNDED, mayFound, "", ""));
  }

  private Opened open(JournalSettings settings) {
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

  private Opened reopen(boolean mayFound) {
    return reopen(new JournalSettings(FOUNDED, mayFound, "", ""));
  }

  private Opened reopen(JournalSettings settings) {
    stop();
    return open(settings);
  }

  private Opened founded() throws InterruptedException {
    Opened opened = open(true);
    assertThat(opened.next()).isInstanceOf(RecoveredLog.class);
    return opened;
  }

  private List<LogBatch> writeTen(Opened opened) throws InterruptedException {
    List<LogBatch> batches = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      LogBatch batch = new LogBatch(new HardState(1, null), null, 0, append(1, 1));
      opened.write(i, batch);
      batches.add(batch);
    }
    return batches;
  }

  private List<LogEntry> append(int count, long term) {
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

  private List<LogEntry> truncateAndAppend(int from, int count, long term) {
    log.subList(from - 1, log.size()).clear();
    return append(count, term);
  }

  private SnapshotDescriptor snapshotAt(int index) {
    LogEntry entry = log.get(index - 1);
    return descriptor(entry.position(), entry.hash(), "own-" + index);
  }

  private static SnapshotDescriptor descriptor(LogPosition position, long hash, String file) {
    return new SnapshotDescriptor(position, hash, FOUNDED.configuration(), file, 10, "ab");
  }

  private void awaitEvents(long... sequenceNrs) throws InterruptedException {
    List<Long> expected = new ArrayList<>();
    for (long sequenceNr : sequenceNrs) {
      expected.add(sequenceNr);
    }
    await(() -> disk.sequenceNrs().equals(expected));
    assertThat(disk.sequenceNrs()).isEqualTo(expected);
  }

  private void awaitSnapshotFiles(int count) throws InterruptedException {
    await(() -> snapshotFiles() == count);
    assertThat(snapshotFiles()).isEqualTo(count);
  }

  private int snapshotFiles() {
    String[] files = directory.resolve("snapshots").toFile().list();
    return files == null ? 0 : files.length;
  }

  private void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
    if (system != null) {
      new TestKit(system).awaitCond(Duration.ofSeconds(10), condition::getAsBoolean);
    }
  }

  /** A journal as its node sees it. */
  private static final class Opened implements Journal.Listener {
    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    private final TestKit probe;
    private final ActorRef actor;
    private final PersistentJournal journal;

    Opened(ActorSystem system, JournalSettings settings) {
      probe = new TestKit(system);
      actor = system.actorOf(PersistentJournal.props(settings, this), "journal");
      probe.watch(actor);
      journal = new PersistentJournal(actor);
    }

    Object next() throws InterruptedException {
      Object next = heard.poll(10, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("the journal said nothing");
      }
      return next;
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

    @Override
    public void recovered(RecoveredLog recovered) {
      heard.add(recovered);
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

package io.pekkoraft.testkit.fullstack;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.testkit.InvariantViolation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What no honest member leaves on its disk is put there, and named. */
class DiskChecksTest {
  private static final List<LogEntry> LOG = log(0, 1, 1, 1, 1);
  private static final byte[] STATE = new byte[2 * Long.BYTES];

  private final VirtualWorld world = VirtualWorld.of(1);
  private final Map<String, DurableLog> disks = new HashMap<>();
  private final Map<String, byte[]> files = new HashMap<>();
  private final List<Machine> machines = List.of(world.add("a"), world.add("b"), world.add("c"));
  private final DiskChecks checks =
      new DiskChecks(
          world,
          machines,
          machine -> disks.getOrDefault(machine.name(), read(null)),
          new LogMatching(world),
          new ClientHistory(world));

  private static List<LogEntry> log(int payload, int... terms) {
    List<LogEntry> entries = new ArrayList<>();
    long hash = 0;
    for (int term : terms) {
      byte[] command = {(byte) payload};
      entries.add(
          LogEntry.following(hash, entries.size() + 1, term, LogEntry.Kind.COMMAND, command));
      hash = entries.get(entries.size() - 1).hash();
    }
    return entries;
  }

  private static LogBatch batch(long term, long truncateFrom, List<LogEntry> entries) {
    return new LogBatch(new HardState(term, null), null, truncateFrom, entries);
  }

  private static SnapshotDescriptor snapshot(long index) {
    Configuration members = new Configuration(List.of(new Member(NodeId.of("a"), 1, "a")));
    long hash = LOG.get((int) index - 1).hash();
    return new SnapshotDescriptor(new LogPosition(1, index), hash, members, "file", 16, "0");
  }

  private DurableLog read(@Nullable SnapshotDescriptor snapshot, JournalEvent... events) {
    Storage storage =
        SimulatedDirectory.of(files).opened("snapshots", SimulatedDirectory.Guard.NONE);
    try {
      return DurableLog.of(snapshot, List.of(events), storage);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on this is on the disk, and is looked at. */
  private void stores(String name, DurableLog log) {
    disks.put(name, log);
    Machine machine = world.machine(name);
    machine.losePower(); // now another look reads it anew
    checks.look(machine);
  }

  private void expect(String invariant) {
    assertThatThrownBy(world::check)
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining(invariant);
  }

  @Test
  void an_honest_disk_breaks_nothing() {
    for (String name : List.of("a", "b", "c")) {
      stores(name, read(null, batch(1, 0, LOG)));
    }
    checks.committedByLeader(world.machine("a"), 3);
    stores("b", read(null, batch(1, 0, LOG), batch(2, 4, log(0, 1, 1, 1, 2).subList(3, 4))));
    files.put("file", STATE);
    stores("c", read(snapshot(4), batch(1, 0, List.of())));
    assertThatCode(world::check).doesNotThrowAnyException();
  }

  @Test
  void two_entries_of_one_index_and_term() {
    stores("a", read(null, batch(1, 0, LOG)));
    stores("b", read(null, batch(1, 0, log(9, 1, 1))));
    expect("I3 log matching");
  }

  @Test
  void a_leader_that_commits_what_it_has_not() {
    stores("a", read(null, batch(1, 0, LOG)));
    stores("b", read(null, batch(1, 0, LOG)));
    stores("c", read(null, batch(2, 0, log(0, 2, 2))));
    checks.committedByLeader(world.machine("c"), 2);
    expect("I6 what is committed is the same everywhere");
  }

  @Test
  void a_disk_that_loses_what_is_committed() {
    stores("a", read(null, batch(1, 0, LOG)));
    stores("b", read(null, batch(1, 0, LOG)));
    checks.committed(world.machine("a"), 4);
    stores("b", read(null, batch(1, 0, LOG), batch(2, 3, log(0, 1, 1, 2).subList(2, 3))));
    expect("I6 what is committed stays on a disk");
  }

  @Test
  void a_truncation_that_makes_room_for_nothing() {
    stores("a", read(null, batch(1, 0, LOG), batch(1, 3, List.of())));
    expect("I15 only a conflict of terms truncates");
  }

  @Test
  void a_truncation_of_what_is_the_same() {
    stores("a", read(null, batch(1, 0, LOG), batch(1, 3, LOG.subList(2, 4))));
    expect("I15 only a conflict of terms truncates");
  }

  @Test
  void a_hole() {
    stores("a", read(null, batch(1, 0, LOG.subList(0, 2)), batch(1, 0, LOG.subList(3, 4))));
    expect("I27 the log on a disk has no hole");
  }

  @Test
  void a_term_that_goes_with_the_batch_that_holds_it() {
    files.put("file", STATE);
    stores("a", read(null, batch(1, 0, LOG)));
    stores("a", read(snapshot(4)));
    expect("I9 the term on a disk never falls");
  }

  @Test
  void a_snapshot_without_its_file() {
    stores("a", read(snapshot(4), batch(1, 0, List.of())));
    expect("a snapshot's file is there");
  }

  @Test
  void a_file_that_goes_too_early() {
    files.put("file", STATE);
    stores("a", read(snapshot(4), batch(1, 0, List.of())));
    checks.deletes(world.machine("a"), "file");
    expect("a snapshot's file is there");
  }

  @Test
  void a_snapshot_of_another_index_than_it_says() {
    files.put("file", new byte[] {0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0});
    stores("a", read(snapshot(4), batch(1, 0, List.of())));
    expect("I27 a snapshot holds the state of its index");
  }
}

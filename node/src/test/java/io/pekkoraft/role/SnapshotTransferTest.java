package io.pekkoraft.role;

import static io.pekkoraft.role.RoleUnderTest.A;
import static io.pekkoraft.role.RoleUnderTest.B;
import static io.pekkoraft.role.RoleUnderTest.C;
import static io.pekkoraft.role.RoleUnderTest.slice;
import static io.pekkoraft.role.RoleUnderTest.terms;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.Bytes;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.InstallSnapshot;
import io.pekkoraft.message.PeerMessage.InstallSnapshotReply;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Raft 7: a follower that needs what is no longer in the log. */
class SnapshotTransferTest {
  private static final LogEntry[] LOG = terms(1, 1, 1, 2);

  private static SnapshotDescriptor snapshot(LogEntry[] log, int index) {
    return new SnapshotDescriptor(
        log[index - 1].position(),
        log[index - 1].hash(),
        RoleUnderTest.configuration("a", "b", "c"),
        "snapshot-" + index,
        10,
        "hash-" + index);
  }

  /** Leads term 3 with a log that starts after entry 4; b's end is entry 1. */
  private static RoleUnderTest sendingToB() {
    RoleUnderTest leader = new RoleUnderTest(RoleUnderTest.SETTINGS, 0, "a", "b", "c");
    leader.recover(List.of(new LogBatch(new HardState(2, null), snapshot(LOG, 4), 0, List.of())));
    leader.win().persistAll();
    AppendEntries probe = leader.lastTo(B, AppendEntries.class);
    leader.from(B, new AppendReply(3, probe.sentNanos(), false, 4, 1, 1));
    assertThat(leader.ports.partsRead).hasSize(1);
    return leader;
  }

  private static void read(RoleUnderTest leader, long offset, int length) {
    leader.deliver(
        new NodeCommand.SnapshotPartRead(B, snapshot(LOG, 4), offset, new Bytes(new byte[length])));
  }

  @Test
  void parts_follow_each_other_until_the_follower_has_all() {
    RoleUnderTest leader = sendingToB();
    read(leader, 0, 4);
    leader.elapse(1);
    InstallSnapshot part = leader.lastTo(B, InstallSnapshot.class);
    leader.from(B, new InstallSnapshotReply(3, part.sentNanos(), 4, 4, false));
    assertThat(leader.ports.partsRead.get(1).offset()).isEqualTo(4);
    read(leader, 4, 4);
    leader.elapse(1);
    part = leader.lastTo(B, InstallSnapshot.class);
    leader.forgetSent();
    leader.from(B, new InstallSnapshotReply(3, part.sentNanos(), 4, 10, true));

    assertThat(leader.lastTo(B, AppendEntries.class).slice().previous().index()).isEqualTo(4);
  }

  @Test
  void a_duplicated_answer_does_not_double_the_stream_of_parts() {
    RoleUnderTest leader = sendingToB();
    read(leader, 0, 4);
    leader.elapse(1);
    InstallSnapshot part = leader.lastTo(B, InstallSnapshot.class);
    InstallSnapshotReply reply = new InstallSnapshotReply(3, part.sentNanos(), 4, 4, false);
    leader.from(B, reply);
    leader.from(B, reply);
    read(leader, 4, 4);
    leader.elapse(1);
    leader.from(B, reply);

    assertThat(leader.ports.partsRead).hasSize(2);
    assertThat(leader.sentTo(B, InstallSnapshot.class)).hasSize(2);
  }

  @Test
  void a_lost_part_is_sent_again() {
    RoleUnderTest leader = sendingToB();
    read(leader, 0, 4);
    for (int i = 0; i < 11; i++) {
      leader.elapse(100);
      keepQuorum(leader);
    }

    assertThat(leader.ports.partsRead).hasSize(2);
    assertThat(leader.ports.partsRead.get(1).offset()).isZero();
  }

  @Test
  void a_snapshot_file_that_cannot_be_read_is_not_asked_for_in_a_busy_loop() {
    RoleUnderTest leader = sendingToB();
    read(leader, 0, 0);
    assertThat(leader.ports.partsRead).hasSize(1);

    for (int i = 0; i < 11; i++) {
      leader.elapse(100);
      keepQuorum(leader);
    }
    assertThat(leader.ports.partsRead).hasSize(2);
  }

  private static void keepQuorum(RoleUnderTest leader) {
    leader.fire(Timeout.HEARTBEAT);
    leader.from(C, ReplicationTest.heartbeatReply(leader.state().term(), leader.ports.now, 0, 0));
  }

  // --- the follower's side

  @Test
  void a_part_stored_for_an_earlier_leader_is_not_answered_with_a_time_of_another_clock() {
    RoleUnderTest node =
        RoleUnderTest.follower(2, slice(LOG, 0, 1).entries().toArray(LogEntry[]::new));
    node.from(
        B, new InstallSnapshot(2, snapshot(LOG, 4), 0, new Bytes(new byte[4]), 987_654_321, 0));
    node.from(C, new Heartbeat(3, 0, -5, 0));
    node.deliver(new NodeCommand.SnapshotPartStored(snapshot(LOG, 4), 4, false));

    assertThat(node.sentTo(C, InstallSnapshotReply.class)).isEmpty();
  }

  @Test
  void a_snapshot_that_is_complete_is_installed_even_under_the_next_leader() {
    RoleUnderTest node =
        RoleUnderTest.follower(2, slice(LOG, 0, 1).entries().toArray(LogEntry[]::new));
    node.from(B, new InstallSnapshot(2, snapshot(LOG, 4), 0, new Bytes(new byte[10]), 1, 0));
    node.from(C, new Heartbeat(3, 0, 1, 0));
    node.deliver(new NodeCommand.SnapshotPartStored(snapshot(LOG, 4), 10, true));

    assertThat(node.state().log().base()).isEqualTo(LOG[3].position());
    assertThat(node.ports.restored).containsExactly(snapshot(LOG, 4));
  }

  @Test
  void an_installed_snapshot_is_promised_only_from_the_disk() {
    RoleUnderTest node =
        RoleUnderTest.follower(2, slice(LOG, 0, 1).entries().toArray(LogEntry[]::new));
    node.from(B, new InstallSnapshot(2, snapshot(LOG, 4), 0, new Bytes(new byte[10]), 1, 0));
    node.deliver(new NodeCommand.SnapshotPartStored(snapshot(LOG, 4), 10, true));
    assertThat(node.sentTo(B, InstallSnapshotReply.class)).isEmpty();
    assertThat(node.runtime.durableIndex()).isZero();
    assertThat(node.ports.compacted).isEmpty();

    node.persistAll();
    assertThat(node.lastTo(B, InstallSnapshotReply.class))
        .isEqualTo(new InstallSnapshotReply(2, 1, 4, 10, true));
    assertThat(node.runtime.durableIndex()).isEqualTo(4);
    assertThat(node.ports.compacted).isEmpty(); // the state machine may still read an earlier one
    node.deliver(new NodeCommand.Applied(4));
    assertThat(node.ports.compacted).containsExactly(snapshot(LOG, 4));
  }

  @Test
  void an_old_snapshot_changes_nothing() {
    RoleUnderTest node = RoleUnderTest.follower(2, LOG);
    node.from(B, new InstallSnapshot(2, snapshot(LOG, 2), 0, new Bytes(new byte[10]), 1, 0));

    assertThat(node.log()).containsExactly(LOG);
    assertThat(node.ports.partsStored).isEmpty();
    assertThat(node.lastTo(B, InstallSnapshotReply.class).done()).isTrue();
    assertThat(node.kind()).isEqualTo(RaftStatus.Role.FOLLOWER);
  }

  @Test
  void a_conflicting_entry_at_the_snapshots_end_gives_way_and_the_next_append_fits() {
    LogEntry[] conflicting = terms(1, 1, 1, 1, 1);
    LogEntry[] leaders = terms(1, 1, 1, 2, 3);
    RoleUnderTest node = RoleUnderTest.follower(2, conflicting);
    node.from(B, new InstallSnapshot(3, snapshot(leaders, 4), 0, new Bytes(new byte[10]), 1, 0));
    node.deliver(new NodeCommand.SnapshotPartStored(snapshot(leaders, 4), 10, true));
    node.from(B, new AppendEntries(3, slice(leaders, 4, 5), 4, 2, 0));

    assertThat(node.log()).containsExactly(leaders[4]);
    assertThat(node.state().term()).isEqualTo(3);
    assertThat(node.runtime.self()).isEqualTo(A);
  }

  // --- own snapshots

  @Test
  void a_log_that_is_still_full_after_a_snapshot_has_another_taken_without_new_entries() {
    RoleUnderTest node =
        RoleUnderTest.recovered(
            new RoleUnderTest(RoleUnderTest.settings(16, 200), 0, "a", "b", "c"), 1);
    LogEntry[] log = terms(1, 1, 1, 1, 1, 1, 1, 1);
    node.from(B, new AppendEntries(1, slice(log, 0, 3), 3, 0, 0));
    node.deliver(new NodeCommand.Applied(3));
    assertThat(node.ports.snapshotsAskedFor).isEqualTo(1);
    node.from(B, new AppendEntries(1, slice(log, 3, 8), 8, 0, 0));
    node.deliver(new NodeCommand.Applied(8));
    node.persistAll();
    node.deliver(new NodeCommand.SnapshotTaken(3, "snapshot-3", 10, "hash-3"));

    assertThat(node.ports.snapshotsAskedFor).isEqualTo(2);
  }

  @Test
  void a_snapshot_that_cannot_be_written_costs_nothing_and_is_tried_again_after_a_while() {
    RoleUnderTest node =
        RoleUnderTest.recovered(
            new RoleUnderTest(RoleUnderTest.settings(16, 200), 0, "a", "b", "c"), 1);
    LogEntry[] log = terms(1, 1, 1, 1);
    node.from(B, new AppendEntries(1, slice(log, 0, 3), 3, 0, 0));
    node.deliver(new NodeCommand.Applied(3));
    node.deliver(new NodeCommand.SnapshotNotTaken(new IOException("no space left")));
    assertThat(node.kind()).isEqualTo(RaftStatus.Role.FOLLOWER);
    assertThat(node.ports.alarms).singleElement().asString().contains("no space left");

    node.from(B, new AppendEntries(1, slice(log, 3, 4), 4, 0, 0));
    node.deliver(new NodeCommand.Applied(4));
    node.elapse(9_999);
    node.from(B, new Heartbeat(1, 4, 0, 0));
    node.fire(Timeout.ELECTION);
    assertThat(node.ports.snapshotsAskedFor).isEqualTo(1);
    node.elapse(1);
    node.fire(Timeout.ELECTION);
    assertThat(node.ports.snapshotsAskedFor).isEqualTo(2);
  }

  @Test
  void a_leader_that_takes_no_more_commands_for_want_of_a_snapshot_tries_again_soon() {
    RoleUnderTest leader = fullLeader();
    leader.deliver(new NodeCommand.SnapshotNotTaken(new IOException("no space left")));
    OutcomeTest.Request refused = OutcomeTest.propose(leader, 1);
    assertThat(refused.outcomes).singleElement().isInstanceOf(Outcome.Overloaded.class);

    for (int beat = 1; beat < 10; beat++) {
      leader.elapse(100);
      keepQuorum(leader);
      assertThat(leader.ports.snapshotsAskedFor).as("after %s heartbeats", beat).isEqualTo(1);
    }
    leader.elapse(100); // an election timeout since the failure
    keepQuorum(leader);
    assertThat(leader.ports.snapshotsAskedFor).isEqualTo(2);

    long last = leader.state().log().lastIndex();
    leader.deliver(new NodeCommand.SnapshotTaken(last, "snapshot", 10, "hash"));
    assertThat(OutcomeTest.propose(leader, 1).outcomes).isEmpty(); // it is taken
  }

  /** All is applied; more is in the log than four times its room; a snapshot is being written. */
  private static RoleUnderTest fullLeader() {
    LogEntry[] log = terms(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
    RoleUnderTest leader =
        new RoleUnderTest(RoleUnderTest.settings(16, log[0].heapBytes() * 4 - 1), 0, "a", "b", "c");
    RoleUnderTest.recovered(leader, 1, log).win().persistAll();
    ReplicationTest.accept(leader, B);
    leader.deliver(new NodeCommand.Applied(leader.state().log().lastIndex()));
    assertThat(leader.ports.snapshotsAskedFor).isEqualTo(1);
    return leader;
  }
}

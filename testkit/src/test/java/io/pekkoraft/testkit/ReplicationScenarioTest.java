package io.pekkoraft.testkit;

import static io.pekkoraft.api.RaftStatus.Role.LEADER;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.Bytes;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.ForwardProposal;
import io.pekkoraft.message.PeerMessage.InstallSnapshot;
import io.pekkoraft.message.PeerMessage.InstallSnapshotReply;
import io.pekkoraft.role.NodeSettings;
import io.pekkoraft.state.RaftLog;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Logs that differ, appends that are late or lost, snapshots that are old (Raft 5.3, 5.4, 7). */
@ExtendWith(PictureExtension.class)
class ReplicationScenarioTest {

  private static NodeSettings settings(int maxAppendEntries, long retainedLogBytes) {
    NodeSettings s = Cluster.SETTINGS;
    return new NodeSettings(
        s.heartbeatInterval(),
        s.electionTimeout(),
        s.driftBound(),
        maxAppendEntries,
        s.maxAppendBytes(),
        s.maxInflightAppends(),
        s.maxCommandBytes(),
        s.maxUncommittedBytes(),
        retainedLogBytes,
        s.snapshotPartBytes());
  }

  /**
   * Raft, Figure 8: an entry of an older term is on a majority, yet a later leader may replace it;
   * so it must not be committed by counting.
   */
  @Test
  void an_older_terms_entry_on_a_majority_is_not_committed_by_counting() {
    Cluster cluster = Cluster.of(5, settings(1, 1 << 20), 1);
    String s1 = cluster.awaitLeader();
    cluster.commit(s1);
    cluster.awaitConverged();
    List<String> rest = cluster.others(s1);
    String s2 = rest.get(0);
    String s3 = rest.get(1);
    String s4 = rest.get(2);
    String s5 = rest.get(3);
    // (a) s1 leads and replicates an entry to s2 only
    List.of(s3, s4, s5).forEach(other -> cluster.cut(s1, other));
    cluster.propose(s1);
    cluster.elapse(20);
    final long entry = cluster.node(s1).state().log().lastIndex();
    assertThat(cluster.node(s2).disk().lastIndex()).isEqualTo(entry);
    // (b) s1 crashes; s5 is elected by s3 and s4, and has another entry at the same index
    cluster.crash(s1);
    cluster.isolate(s2);
    cluster.onlyMayWin(s5);
    cluster.holdFrom(AppendEntries.class, s5);
    cluster.awaitRole(s5, LEADER, 8_000);
    cluster.elapse(5);
    assertThat(cluster.node(s5).disk().lastIndex()).isEqualTo(entry);
    // (c) s5 crashes; s1 is elected by s2 and s3, and brings its entry, but none of its new term,
    // to a majority
    cluster.crash(s5);
    cluster.holdNoMore();
    cluster.discardHeld();
    cluster.heal();
    cluster.isolate(s4);
    cluster.start(s1);
    cluster.onlyMayWin(s1);
    boolean[] probed = new boolean[1];
    cluster
        .simulation()
        .network()
        .hold(
            envelope -> {
              boolean newTerm =
                  envelope.message() instanceof AppendEntries append
                      && append.slice().lastIndex() > entry;
              boolean probe = newTerm && !probed[0] && envelope.header().to().value().equals(s3);
              probed[0] |= probe; // s3 refuses it, and so gets the older entry
              return newTerm && !probe;
            });
    cluster.awaitRole(s1, LEADER, 8_000);
    cluster.elapse(300);
    long hash = cluster.node(s1).state().log().hashAt(entry);
    assertThat(cluster.node(s2).disk().holds(entry, hash)).isTrue();
    assertThat(cluster.node(s3).disk().holds(entry, hash)).isTrue();
    assertThat(cluster.node(s1).state().commitIndex()).isLessThan(entry);
    // (d) s1 crashes; s5 is elected by s2, s3 and s4, and replaces the entry everywhere
    cluster.crash(s1);
    cluster.holdNoMore();
    cluster.discardHeld();
    cluster.heal();
    cluster.start(s5);
    cluster.onlyMayWin(s5);
    cluster.awaitRole(s5, LEADER, 8_000);
    cluster.holdNoMore();
    cluster.start(s1);
    cluster.commit(s5);
    cluster.awaitConverged();
    assertThat(cluster.node(s2).state().log().hashAt(entry)).isNotEqualTo(hash);
    assertThat(cluster.simulation().counters().get(Counters.Kind.TRUNCATION)).isPositive();
  }

  @Test
  void appends_that_overtake_each_other_are_sorted_out() { // R05
    Cluster cluster = Cluster.of(3);
    String leader = cluster.awaitLeader();
    cluster.commit(leader);
    cluster.awaitConverged();
    long term = cluster.highestTerm();
    String follower = cluster.others(leader).get(0);
    cluster.holdTo(AppendEntries.class, follower);
    cluster.holdFrom(AppendReply.class, follower);
    cluster.propose(leader);
    cluster.elapse(1);
    cluster.propose(leader);
    cluster.elapse(1);
    List<Envelope> appends = List.copyOf(cluster.held(AppendEntries.class));
    assertThat(appends).hasSizeGreaterThanOrEqualTo(2);
    cluster.discardHeld();
    cluster.deliver(appends.get(1));
    cluster.deliver(appends.get(0));
    cluster.elapse(5);
    List<Envelope> replies = List.copyOf(cluster.held(AppendReply.class));
    assertThat(replies).hasSize(2);
    cluster.discardHeld();
    cluster.holdNoMore();
    boolean firstIsRefusal = !((AppendReply) replies.get(0).message()).success();
    assertThat(firstIsRefusal).isTrue();
    cluster.deliver(replies.get(1)); // the success
    cluster.deliver(replies.get(0)); // and then the refusal, too late
    cluster.awaitConverged();
    assertThat(cluster.highestTerm()).isEqualTo(term);
  }

  @Test
  void an_append_without_the_one_before_it_is_refused() { // R16
    Cluster cluster = Cluster.of(3);
    String leader = cluster.awaitLeader();
    cluster.commit(leader);
    cluster.awaitConverged();
    String follower = cluster.others(leader).get(0);
    RaftLog log = cluster.node(follower).state().log();
    final long last = log.lastIndex();
    cluster.holdTo(AppendEntries.class, follower);
    for (int i = 0; i < 3; i++) {
      cluster.propose(leader);
      cluster.elapse(1);
    }
    List<Envelope> appends = List.copyOf(cluster.held(AppendEntries.class));
    for (int i = 0; i < 3; i++) {
      AppendEntries append = (AppendEntries) appends.get(i).message();
      assertThat(append.slice().previous().index()).isEqualTo(last + i);
    }
    cluster.deliver(appends.get(1));
    cluster.deliver(appends.get(2));
    cluster.elapse(5);
    assertThat(log.lastIndex()).isEqualTo(last);
    assertThat(cluster.sent(follower, AppendReply.class))
        .endsWith(
            new AppendReply(
                cluster.term(follower),
                ((AppendEntries) appends.get(2).message()).sentNanos(),
                false,
                last + 2,
                last,
                log.termAt(last)));
    cluster.discardHeld();
    cluster.holdNoMore();
    cluster.awaitConverged();
  }

  @Test
  void an_append_that_is_lost_comes_again() {
    Cluster cluster = Cluster.of(3);
    String leader = cluster.awaitLeader();
    cluster.commit(leader);
    cluster.awaitConverged();
    long term = cluster.highestTerm();
    String follower = cluster.others(leader).get(0);
    cluster.holdTo(AppendEntries.class, follower);
    for (int i = 0; i < 10; i++) {
      cluster.propose(leader); // more than the window
      cluster.elapse(2);
    }
    cluster.holdNoMore();
    cluster.discardHeld();
    cluster.elapse(400);
    cluster.awaitConverged();
    assertThat(cluster.highestTerm()).isEqualTo(term);
  }

  @Test
  void an_append_that_is_lost_comes_again_to_a_follower_with_a_longer_conflicting_log() {
    Cluster cluster = Cluster.of(3, settings(2, 1 << 20), 1);
    String old = cluster.awaitLeader();
    cluster.commit(old);
    cluster.awaitConverged();
    cluster.isolate(old);
    for (int i = 0; i < 30; i++) {
      cluster.propose(old);
    }
    String leader = cluster.awaitLeaderAmong(cluster.others(old));
    for (int i = 0; i < 6; i++) {
      cluster.commit(leader);
    }
    // The first append after the probe, and all that follows, is lost; then nothing new is written.
    int[] passed = new int[1];
    cluster
        .simulation()
        .network()
        .hold(
            envelope ->
                envelope.message() instanceof AppendEntries
                    && envelope.header().to().value().equals(old)
                    && passed[0]++ > 1);
    cluster.heal();
    cluster.elapse(1_000);
    cluster.holdNoMore();
    cluster.discardHeld();
    cluster.elapse(2_000);
    cluster.awaitConverged();
  }

  @Test
  void a_request_that_arrives_twice_takes_effect_once() {
    Cluster cluster = Cluster.of(3);
    String leader = cluster.awaitLeader();
    cluster.commit(leader);
    cluster.awaitConverged();
    String follower = cluster.others(leader).get(0);
    cluster.holdFrom(ForwardProposal.class, follower);
    Operation operation = cluster.propose(follower);
    cluster.elapse(1);
    Envelope forward = cluster.held(ForwardProposal.class).get(0);
    cluster.deliver(forward);
    cluster.deliver(forward);
    cluster.elapse(50);
    cluster.deliver(forward);
    cluster.elapse(50);
    assertThat(operation.outcome()).isInstanceOf(Outcome.Committed.class); // once, or I19 says so
  }

  @Test
  void an_old_snapshot_is_answered_as_up_to_date() { // S02
    Cluster cluster = Cluster.of(3);
    String leader = cluster.awaitLeader();
    for (int i = 0; i < 10; i++) {
      cluster.commit(leader);
    }
    cluster.awaitConverged();
    String follower = cluster.others(leader).get(0);
    RaftLog log = cluster.node(follower).state().log();
    final long last = log.lastIndex();
    SnapshotDescriptor old =
        new SnapshotDescriptor(
            new LogPosition(log.termAt(3), 3),
            log.hashAt(3),
            cluster.simulation().configuration(),
            "3-1",
            100,
            "0");
    InstallSnapshot install =
        new InstallSnapshot(cluster.term(leader), old, 0, new Bytes(new byte[50]), 0, 0);
    cluster.inject(leader, follower, install);
    cluster.inject(leader, follower, install);
    assertThat(cluster.sent(follower, InstallSnapshotReply.class))
        .containsExactly(
            new InstallSnapshotReply(cluster.term(follower), 0, 3, 100, true),
            new InstallSnapshotReply(cluster.term(follower), 0, 3, 100, true));
    assertThat(log.lastIndex()).isEqualTo(last);
    assertThat(cluster.node(follower).state().commitIndex()).isEqualTo(last);
  }

  @Test
  void a_snapshot_replaces_a_longer_conflicting_log_once() { // S03
    Cluster cluster = Cluster.of(3, settings(16, 2_000), 1);
    String old = cluster.awaitLeader();
    cluster.commit(old);
    cluster.awaitConverged();
    cluster.isolate(old);
    for (int i = 0; i < 100; i++) {
      cluster.propose(old);
    }
    cluster.elapse(5);
    String leader = cluster.awaitLeaderAmong(cluster.others(old));
    for (int i = 0; i < 60; i++) {
      cluster.commit(leader);
    }
    long snapshot = cluster.node(leader).state().snapshotIndex();
    assertThat(snapshot).isBetween(10L, cluster.node(old).state().log().lastIndex());
    final long before = cluster.simulation().counters().get(Counters.Kind.SNAPSHOT_INSTALLED);
    cluster.heal();
    cluster.awaitConverged();
    assertThat(cluster.simulation().counters().get(Counters.Kind.SNAPSHOT_INSTALLED) - before)
        .isEqualTo(1);
  }

  @Test
  void every_request_ends_by_its_deadline_at_a_leader_that_is_cut_off() {
    Cluster cluster = Cluster.of(3);
    String leader = cluster.awaitLeader();
    cluster.commit(leader);
    cluster.awaitConverged();
    cluster.isolate(leader);
    Operation appended = cluster.propose(leader);
    Operation elsewhere = cluster.propose(cluster.others(leader).get(0));
    cluster.elapse(Duration.ofSeconds(3).toMillis() + 1);
    assertThat(appended.outcome()).isInstanceOf(Outcome.Indeterminate.class);
    assertThat(elsewhere.outcome()).isNotNull();
    Operation late = cluster.propose(leader);
    cluster.elapse(1);
    assertThat(late.outcome()).isInstanceOf(Outcome.NoLeader.class);
    cluster.heal();
    cluster.awaitConverged();
  }
}

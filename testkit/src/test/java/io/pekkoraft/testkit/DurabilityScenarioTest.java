package io.pekkoraft.testkit;

import static io.pekkoraft.api.RaftStatus.Role.CANDIDATE;
import static io.pekkoraft.api.RaftStatus.Role.FAILED;
import static io.pekkoraft.api.RaftStatus.Role.FOLLOWER;
import static io.pekkoraft.api.RaftStatus.Role.LEADER;
import static io.pekkoraft.api.RaftStatus.Role.PRE_CANDIDATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.log.EntrySlice;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.message.PeerMessage.VoteReply;
import io.pekkoraft.message.PeerMessage.VoteRequest;
import io.pekkoraft.message.VoteVerdict;
import io.pekkoraft.state.RaftLog;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Nothing is promised before it is on disk (Raft, Figure 2), and what is on disk is kept. */
@ExtendWith(PictureExtension.class)
class DurabilityScenarioTest {

  /** The first to ask, while its answers are held. */
  private static String firstAsker(Cluster cluster) {
    cluster.hold(PreVoteReply.class);
    cluster.await(
        "somebody asks",
        Cluster.ELECTION_LIMIT,
        () -> cluster.others().stream().anyMatch(n -> cluster.role(n) == PRE_CANDIDATE));
    cluster.elapse(3);
    return cluster.others().stream()
        .filter(n -> cluster.role(n) == PRE_CANDIDATE)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_vote_leaves_only_when_it_is_on_disk() {
    Cluster cluster = Cluster.of(3);
    String candidate = firstAsker(cluster);
    List<String> voters = cluster.others(candidate);
    voters.forEach(cluster::holdWrites);
    cluster.release(PreVoteReply.class, voters.get(0), candidate);
    cluster.elapse(100);
    assertThat(cluster.role(candidate)).isEqualTo(CANDIDATE);
    for (String voter : voters) {
      assertThat(cluster.node(voter).state().votedFor()).hasToString(candidate);
      assertThat(cluster.sent(voter, VoteReply.class)).isEmpty();
    }
    cluster.releaseWrites(voters.get(1));
    cluster.awaitRole(candidate, LEADER, 10);
  }

  @Test
  void a_candidate_leads_only_when_its_own_vote_is_on_disk() {
    Cluster cluster = Cluster.of(3);
    String candidate = firstAsker(cluster);
    cluster.holdWrites(candidate);
    cluster.release(PreVoteReply.class, cluster.others(candidate).get(0), candidate);
    cluster.elapse(100);
    assertThat(cluster.sent(cluster.others(candidate).get(0), VoteReply.class)).isNotEmpty();
    assertThat(cluster.sent(cluster.others(candidate).get(1), VoteReply.class)).isNotEmpty();
    assertThat(cluster.role(candidate)).isEqualTo(CANDIDATE);
    cluster.releaseWrites(candidate);
    cluster.awaitRole(candidate, LEADER, 10);
  }

  @Test
  void a_vote_that_a_crash_took_from_the_disk_was_never_given() {
    boolean lost = false;
    boolean kept = false;
    for (long seed = 1; seed <= 20; seed++) {
      Cluster cluster = Cluster.of(3, Cluster.SETTINGS, seed);
      String candidate = firstAsker(cluster);
      String voter = cluster.others(candidate).get(0);
      cluster.holdWrites(voter);
      cluster.release(PreVoteReply.class, voter, candidate);
      cluster.elapse(50);
      cluster.isolate(candidate);
      cluster.crash(voter);
      assertThat(cluster.sent(voter, VoteReply.class)).isEmpty();
      boolean onDisk = cluster.node(voter).disk().hardState().votedFor() != null;
      kept |= onDisk;
      lost |= !onDisk;
      cluster.crash(candidate);
      cluster.heal();
      cluster.holdNoMore();
      cluster.start(voter);
      cluster.awaitLeaderAmong(cluster.others(candidate)); // the invariants see that all is well
      cluster.start(candidate);
      cluster.awaitConverged();
    }
    assertThat(lost).isTrue();
    assertThat(kept).isTrue();
  }

  @Test
  void a_vote_is_given_again_after_a_restart_to_the_same_candidate_only() { // E20
    Cluster cluster = Cluster.of(3);
    String leader = cluster.awaitLeader();
    cluster.elapse(50);
    String voter =
        cluster.others(leader).stream()
            .filter(
                n ->
                    cluster.node(leader).id().equals(cluster.node(n).disk().hardState().votedFor()))
            .findFirst()
            .orElseThrow();
    String other = cluster.others(leader, voter).get(0);
    long term = cluster.term(voter);
    LogPosition last = cluster.node(leader).state().log().last();
    cluster.isolate(voter);
    cluster.crash(voter);
    cluster.start(voter);
    cluster.elapse(1005); // the hold-off of the new life is over
    cluster.inject(leader, voter, new VoteRequest(term, last, 0));
    cluster.inject(other, voter, new VoteRequest(term, last, 0));
    cluster.elapse(5);
    assertThat(
            cluster.sent(voter, VoteReply.class).stream()
                .map(reply -> ((VoteReply) reply).verdict())
                .toList())
        .endsWith(VoteVerdict.GRANT, VoteVerdict.ALREADY_VOTED);
  }

  @Test
  void a_write_that_ends_after_a_newer_term_commits_nothing() { // R10
    Cluster cluster = Cluster.of(3);
    String leader = cluster.awaitLeader();
    cluster.commit(leader);
    cluster.awaitConverged();
    long commit = cluster.node(leader).state().commitIndex();
    cluster.holdWrites(leader);
    cluster.holdFrom(AppendEntries.class, leader);
    Operation operation = cluster.propose(leader);
    cluster.elapse(5);
    long newer = cluster.term(leader) + 1;
    String follower = cluster.others(leader).get(0);
    cluster.inject(follower, leader, new AppendReply(newer, 0, false, 0, 0, 0));
    assertThat(cluster.role(leader)).isEqualTo(FOLLOWER);
    cluster.releaseWrites(leader);
    cluster.elapse(50);
    assertThat(cluster.node(leader).state().commitIndex()).isEqualTo(commit);
    assertThat(operation.certainlyFailed()).isFalse();
    cluster.holdNoMore();
    cluster.discardHeld();
    cluster.awaitConverged();
  }

  @Test
  void a_follower_refuses_to_cut_what_is_committed_and_stops() {
    Cluster cluster = Cluster.of(3);
    String leader = cluster.awaitLeader();
    cluster.commit(leader);
    cluster.awaitConverged();
    String follower = cluster.others(leader).get(0);
    RaftLog log = cluster.node(follower).state().log();
    long commit = cluster.node(follower).state().commitIndex();
    long hash = log.lastHash();
    long newer = cluster.term(follower) + 1;
    LogEntry lie =
        LogEntry.following(
            log.hashAt(commit - 1), commit, newer, LogEntry.Kind.COMMAND, new byte[8]);
    EntrySlice slice =
        new EntrySlice(
            new LogPosition(log.termAt(commit - 1), commit - 1),
            log.hashAt(commit - 1),
            List.of(lie));
    cluster.expectAlarm(follower);
    cluster.inject(leader, follower, new AppendEntries(newer, slice, commit, 0, 0));
    assertThat(cluster.role(follower)).isEqualTo(FAILED);
    assertThat(cluster.alarms(follower)).hasSize(1);
    assertThat(cluster.node(follower).state().log().lastHash()).isEqualTo(hash);
  }

  @Test
  void a_second_leader_in_a_term_is_an_alarm() { // R15
    Cluster cluster = Cluster.of(3);
    String leader = cluster.awaitLeader();
    cluster.commit(leader);
    cluster.awaitConverged();
    RaftLog log = cluster.node(leader).state().log();
    long hash = log.lastHash();
    EntrySlice nothing = log.slice(log.lastIndex(), 1, 1);
    cluster.expectAlarm(leader);
    cluster.inject(
        cluster.others(leader).get(0),
        leader,
        new AppendEntries(cluster.term(leader), nothing, 0, 0, 0));
    assertThat(cluster.role(leader)).isEqualTo(FAILED);
    assertThat(cluster.alarms(leader)).hasSize(1);
    assertThat(cluster.node(leader).state().log().lastHash()).isEqualTo(hash);
    assertThat(cluster.awaitLeaderAmong(cluster.others(leader))).isNotEqualTo(leader);
  }
}

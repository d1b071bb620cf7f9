package io.pekkoraft.testkit;

import static io.pekkoraft.api.RaftStatus.Role.CANDIDATE;
import static io.pekkoraft.api.RaftStatus.Role.FOLLOWER;
import static io.pekkoraft.api.RaftStatus.Role.LEADER;
import static io.pekkoraft.api.RaftStatus.Role.PRE_CANDIDATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.message.PeerMessage.PreVoteRequest;
import io.pekkoraft.message.PeerMessage.VoteReply;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Elections and Pre-Vote when messages are late, doubled or one-sided. */
@ExtendWith(PictureExtension.class)
class ElectionScenarioTest {

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
  void grants_of_a_round_that_is_over_change_nothing_at_a_leader() { // E02
    Cluster cluster = Cluster.of(5);
    String asker = firstAsker(cluster);
    List<String> voters = cluster.others(asker);
    cluster.release(PreVoteReply.class, voters.get(0), asker);
    cluster.release(PreVoteReply.class, voters.get(1), asker);
    cluster.awaitRole(asker, LEADER, 10);
    long term = cluster.term(asker);
    cluster.release(PreVoteReply.class, voters.get(2), asker);
    cluster.release(PreVoteReply.class, voters.get(3), asker);
    cluster.elapse(5_000);
    assertThat(cluster.role(asker)).isEqualTo(LEADER);
    assertThat(cluster.highestTerm()).isEqualTo(term);
  }

  @Test
  void a_follower_that_cannot_send_stays_one_and_one_that_cannot_hear_asks_without_a_term() { // E06
    Cluster cluster = Cluster.of(3);
    String leader = cluster.awaitLeader();
    cluster.commit(leader);
    cluster.awaitConverged();
    String mute = cluster.others(leader).get(0);
    HardState onDisk = cluster.node(mute).disk().hardState();
    cluster.others(mute).forEach(other -> cluster.cutOneWay(mute, other));
    cluster.elapse(4_000);
    assertThat(cluster.role(mute)).isEqualTo(FOLLOWER);
    cluster.heal();
    cluster.others(mute).forEach(other -> cluster.cutOneWay(other, mute));
    cluster.elapse(4_000);
    assertThat(cluster.role(mute)).isEqualTo(PRE_CANDIDATE);
    assertThat(cluster.node(mute).disk().hardState()).isEqualTo(onDisk);
    assertThat(cluster.role(leader)).isEqualTo(LEADER);
  }

  @Test
  void a_stranded_higher_term_costs_one_election_and_does_not_lead() { // E08
    Cluster cluster = Cluster.of(3);
    String leader = cluster.awaitLeader();
    String stranded = cluster.others(leader).get(0);
    cluster.crash(stranded);
    cluster.commit(leader);
    SimulatedNode node = cluster.node(stranded);
    node.disk().add(new LogBatch(new HardState(9, node.id()), null, 0, List.of()));
    cluster.start(stranded);
    cluster.await(
        "the leader hears of term 9", Cluster.ELECTION_LIMIT, () -> cluster.term(leader) >= 9);
    String next = cluster.awaitLeader();
    assertThat(next).isNotEqualTo(stranded);
    assertThat(cluster.term(next)).isEqualTo(10);
    cluster.awaitConverged();
    cluster.elapse(5_000);
    assertThat(cluster.highestTerm()).isEqualTo(10);
  }

  @Test
  void being_asked_for_a_pre_vote_postpones_no_timeout() { // E09
    Cluster cluster = Cluster.of(3);
    String leader = cluster.awaitLeader();
    cluster.commit(leader);
    cluster.awaitConverged();
    long term = cluster.highestTerm();
    cluster.isolate(leader);
    List<String> rest = cluster.others(leader);
    boolean[] elected = new boolean[1];
    for (int i = 0; i < 32 && !elected[0]; i++) { // 8 s, a request each quarter of a timeout
      for (String other : rest) {
        PreVoteRequest request =
            new PreVoteRequest(term + 1, 1000 + i, cluster.node(leader).state().log().last());
        cluster.inject(leader, other, request);
      }
      cluster.elapse(250);
      elected[0] = rest.stream().anyMatch(n -> cluster.role(n) == LEADER);
    }
    assertThat(elected[0]).isTrue();
  }

  @Test
  void a_vote_counts_once_however_often_it_comes() { // E13
    Cluster cluster = Cluster.of(5);
    String asker = firstAsker(cluster);
    cluster.holdTo(VoteReply.class, asker);
    List<String> voters = cluster.others(asker);
    cluster.release(PreVoteReply.class, voters.get(0), asker);
    cluster.release(PreVoteReply.class, voters.get(1), asker);
    cluster.elapse(10);
    Envelope vote = cluster.held(VoteReply.class).get(0);
    for (int i = 0; i < 3; i++) {
      cluster.deliver(vote);
    }
    assertThat(cluster.role(asker)).isEqualTo(CANDIDATE);
    String second = cluster.held(VoteReply.class).get(1).header().from().value();
    cluster.release(VoteReply.class, second, asker);
    assertThat(cluster.role(asker)).isEqualTo(LEADER);
  }

  @Test
  void a_pre_vote_is_not_a_vote() { // E14
    Cluster cluster = Cluster.of(5);
    String asker = firstAsker(cluster);
    cluster.holdTo(VoteReply.class, asker);
    List<String> voters = cluster.others(asker);
    for (String voter : voters) {
      cluster.release(PreVoteReply.class, voter, asker);
    }
    cluster.elapse(10);
    assertThat(cluster.role(asker)).isEqualTo(CANDIDATE);
    assertThat(cluster.held(VoteReply.class)).hasSize(4);
  }

  @Test
  void a_shorter_log_with_a_newer_last_term_wins() { // E16, Raft 5.4.1
    Cluster cluster = Cluster.of(3);
    String old = cluster.awaitLeader();
    cluster.commit(old);
    cluster.awaitConverged();
    cluster.isolate(old);
    for (int i = 0; i < 20; i++) {
      cluster.propose(old); // a long tail of the old term
    }
    cluster.elapse(10);
    String next = cluster.awaitLeaderAmong(cluster.others(old));
    cluster.commit(next);
    assertThat(cluster.node(old).state().log().lastIndex())
        .isGreaterThan(cluster.node(next).state().log().lastIndex());
    cluster.crash(next);
    cluster.heal();
    String third = cluster.others(old, next).get(0);
    cluster.awaitRole(third, LEADER, 8_000);
    cluster.start(next);
    cluster.awaitConverged();
  }

  @Test
  void a_restarted_member_is_found_again_without_an_election() { // N04
    Cluster cluster = Cluster.of(3);
    String leader = cluster.awaitLeader();
    cluster.commit(leader);
    cluster.awaitConverged();
    long term = cluster.highestTerm();
    String follower = cluster.others(leader).get(0);
    cluster.crash(follower);
    cluster.elapse(150);
    cluster.start(follower);
    cluster.elapse(5);
    cluster.commit(leader);
    cluster.elapse(200);
    cluster.awaitConverged();
    assertThat(cluster.highestTerm()).isEqualTo(term);
    assertThat(cluster.simulation().counters().get(Counters.Kind.OTHER_LIFE)).isPositive();
  }
}

package io.pekkoraft.role;

import static io.pekkoraft.role.RoleUnderTest.A;
import static io.pekkoraft.role.RoleUnderTest.B;
import static io.pekkoraft.role.RoleUnderTest.C;
import static io.pekkoraft.role.RoleUnderTest.terms;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.RaftStatus.Role;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.message.PeerMessage.PreVoteRequest;
import io.pekkoraft.message.PeerMessage.VoteReply;
import io.pekkoraft.message.PeerMessage.VoteRequest;
import io.pekkoraft.message.VoteVerdict;
import org.junit.jupiter.api.Test;

/** Raft 5.2, thesis 6.2 and 9.6. */
class ElectionTest {
  private static final LogPosition AHEAD = new LogPosition(99, 99);

  private static RoleUnderTest preCandidate() {
    RoleUnderTest node = RoleUnderTest.follower(5, terms(1));
    node.elapse(2_000);
    node.fire(Timeout.ELECTION);
    assertThat(node.kind()).isEqualTo(Role.PRE_CANDIDATE);
    return node;
  }

  private static long round(RoleUnderTest node) {
    return node.lastTo(B, PreVoteRequest.class).round();
  }

  private static RoleUnderTest candidate() {
    RoleUnderTest node = preCandidate();
    node.from(B, new PreVoteReply(6, round(node), VoteVerdict.GRANT));
    assertThat(node.kind()).isEqualTo(Role.CANDIDATE);
    return node;
  }

  // --- waiting

  @Test
  void a_follower_that_hears_its_leader_does_not_campaign() {
    RoleUnderTest node = RoleUnderTest.follower(5, terms(1));
    for (int i = 0; i < 50; i++) {
      node.elapse(900);
      node.from(B, new Heartbeat(5, 0, 0, 0));
      node.fire(Timeout.ELECTION);
    }
    assertThat(node.kind()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void granting_a_pre_vote_does_not_put_off_the_own_campaign() {
    RoleUnderTest node = RoleUnderTest.follower(5, terms(1));
    for (int i = 0; i < 8; i++) {
      node.elapse(250);
      node.from(B, new PreVoteRequest(6, i, AHEAD));
    }
    node.fire(Timeout.ELECTION);
    assertThat(node.kind()).isEqualTo(Role.PRE_CANDIDATE);
  }

  // --- pre-vote

  @Test
  void asking_for_a_pre_vote_changes_nothing_durable() {
    RoleUnderTest node = preCandidate();
    assertThat(node.state().hardState()).isEqualTo(new HardState(5, null));
    assertThat(node.ports.writes).isEmpty();
    assertThat(node.sentOf(PreVoteRequest.class)).hasSize(2);
  }

  @Test
  void a_grant_of_another_round_or_term_does_not_count() {
    RoleUnderTest node = preCandidate();
    long old = round(node);
    node.elapse(2_000);
    node.fire(Timeout.ELECTION);
    node.from(B, new PreVoteReply(6, old, VoteVerdict.GRANT));
    node.from(B, new PreVoteReply(7, round(node), VoteVerdict.GRANT));
    assertThat(node.kind()).isEqualTo(Role.PRE_CANDIDATE);

    node.from(B, new PreVoteReply(6, round(node), VoteVerdict.GRANT));
    assertThat(node.kind()).isEqualTo(Role.CANDIDATE);
  }

  @Test
  void a_round_ends_when_a_leader_is_heard() {
    RoleUnderTest node = preCandidate();
    long round = round(node);
    node.from(C, new Heartbeat(5, 0, 0, 0));
    node.from(B, new PreVoteReply(6, round, VoteVerdict.GRANT));
    assertThat(node.kind()).isEqualTo(Role.FOLLOWER);

    node.elapse(2_000);
    node.fire(Timeout.ELECTION);
    node.from(B, new PreVoteReply(6, round, VoteVerdict.GRANT));
    assertThat(node.kind()).isEqualTo(Role.PRE_CANDIDATE);
  }

  @Test
  void a_voter_is_counted_once() {
    RoleUnderTest node = new RoleUnderTest(RoleUnderTest.SETTINGS, 0, "a", "b", "c", "d", "e");
    RoleUnderTest.recovered(node, 5).elapse(2_000);
    node.fire(Timeout.ELECTION);
    for (int i = 0; i < 3; i++) {
      node.from(B, new PreVoteReply(6, round(node), VoteVerdict.GRANT));
    }
    assertThat(node.kind()).isEqualTo(Role.PRE_CANDIDATE);
    node.from(C, new PreVoteReply(6, round(node), VoteVerdict.GRANT));
    node.persistAll();
    for (int i = 0; i < 3; i++) {
      node.from(B, new VoteReply(6, VoteVerdict.GRANT));
    }
    assertThat(node.kind()).isEqualTo(Role.CANDIDATE);
  }

  @Test
  void the_hold_off_binds_the_own_vote_too() {
    RoleUnderTest node = RoleUnderTest.follower(5, terms(1));
    node.elapse(500); // a hint might start a round early; this life is not old enough
    node.runtime.contact().heard(B, 5, node.ports.now, 1, 0);
    PreCandidate early = new PreCandidate(node.runtime);
    early.enter();
    node.runtime.handlerReturned();
    assertThat(early.onPreVoteReply(new PreVoteReply(6, round(node), VoteVerdict.GRANT)))
        .isSameAs(early);
  }

  // --- candidate

  @Test
  void a_candidate_leads_only_when_its_own_vote_is_on_disk() {
    RoleUnderTest node = candidate();
    node.from(B, new VoteReply(6, VoteVerdict.GRANT));
    node.from(C, new VoteReply(6, VoteVerdict.GRANT));
    assertThat(node.kind()).isEqualTo(Role.CANDIDATE);

    node.persist();
    assertThat(node.runtime.durableHardState()).isEqualTo(new HardState(6, A));
    assertThat(node.kind()).isEqualTo(Role.LEADER);
  }

  @Test
  void a_late_grant_of_the_pre_vote_is_not_a_vote() {
    RoleUnderTest node = candidate();
    node.persist();
    node.from(C, new PreVoteReply(6, round(node), VoteVerdict.GRANT));
    assertThat(node.kind()).isEqualTo(Role.CANDIDATE);
  }

  @Test
  void an_election_that_is_not_won_burns_no_further_term_without_asking() {
    RoleUnderTest node = candidate();
    node.persist();
    node.elapse(2_000);
    node.fire(Timeout.ELECTION);
    assertThat(node.kind()).isEqualTo(Role.PRE_CANDIDATE);
    assertThat(node.state().term()).isEqualTo(6);
  }

  @Test
  void a_candidate_follows_the_leader_of_its_term() {
    RoleUnderTest node = candidate();
    node.from(B, new Heartbeat(6, 0, 0, 0));
    assertThat(node.kind()).isEqualTo(Role.FOLLOWER);
    assertThat(node.role().leader()).isEqualTo(B);
  }

  // --- votes

  @Test
  void a_vote_leaves_only_after_the_disk_and_once_obsolete_never() {
    RoleUnderTest node = RoleUnderTest.follower(5, terms(1));
    node.elapse(2_000);
    node.from(B, new VoteRequest(6, AHEAD, 0));
    assertThat(node.sentOf(VoteReply.class)).isEmpty();
    node.from(C, new VoteRequest(7, AHEAD, 0)); // the vote of term 6 is obsolete before it was sent
    node.persistAll();

    assertThat(node.sentTo(B, VoteReply.class)).isEmpty();
    assertThat(node.lastTo(C, VoteReply.class)).isEqualTo(new VoteReply(7, VoteVerdict.GRANT));
    assertThat(node.runtime.durableHardState()).isEqualTo(new HardState(7, C));
  }

  @Test
  void a_vote_is_kept_over_a_restart_and_given_again_to_the_same_only() {
    RoleUnderTest before = RoleUnderTest.follower(5, terms(1));
    before.elapse(2_000);
    before.from(B, new VoteRequest(6, AHEAD, 0));

    RoleUnderTest after = new RoleUnderTest(RoleUnderTest.SETTINGS, 0, "a", "b", "c");
    after.recover(before.ports.writes.stream().map(RecordingPorts.Write::batch).toList());
    after.elapse(1_000);
    after.from(C, new VoteRequest(6, AHEAD, 0));
    after.from(B, new VoteRequest(6, AHEAD, 0));
    assertThat(after.lastTo(C, VoteReply.class).verdict()).isEqualTo(VoteVerdict.ALREADY_VOTED);
    assertThat(after.lastTo(B, VoteReply.class).verdict()).isEqualTo(VoteVerdict.GRANT);
  }

  @Test
  void a_restarted_voter_holds_off_for_whoever_it_forgot() {
    RoleUnderTest node = RoleUnderTest.follower(5, terms(1));
    node.elapse(999);
    node.from(B, new PreVoteRequest(6, 1, AHEAD));
    assertThat(node.lastTo(B, PreVoteReply.class).verdict()).isEqualTo(VoteVerdict.HOLD_OFF);
  }

  // --- the leader's quorum (thesis 6.2)

  @Test
  void a_leader_that_no_majority_answers_gives_up() {
    RoleUnderTest leader = ReplicationTest.caughtUp();
    leader.elapse(999);
    leader.fire(Timeout.HEARTBEAT);
    assertThat(leader.kind()).isEqualTo(Role.LEADER);
    leader.elapse(1);
    leader.fire(Timeout.HEARTBEAT);
    assertThat(leader.kind()).isEqualTo(Role.FOLLOWER);
    assertThat(leader.state().term()).isEqualTo(2);
    assertThat(leader.ports.timers).doesNotContainKey(Timeout.HEARTBEAT);
  }

  @Test
  void a_leader_that_was_held_up_itself_speaks_once_more_before_it_gives_up() {
    RoleUnderTest leader = ReplicationTest.caughtUp();
    leader.elapse(1_500); // its process stood still: the answers may wait behind the timer
    leader.forgetSent();
    leader.fire(Timeout.HEARTBEAT);
    assertThat(leader.kind()).isEqualTo(Role.LEADER);
    assertThat(leader.sent()).anyMatch(Heartbeat.class::isInstance);
    leader.elapse(100);
    leader.fire(Timeout.HEARTBEAT);
    assertThat(leader.kind()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void however_much_it_was_held_up_a_leader_gives_up_after_two_election_timeouts() {
    RoleUnderTest leader = ReplicationTest.caughtUp();
    leader.elapse(2_000);
    leader.fire(Timeout.HEARTBEAT);
    assertThat(leader.kind()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void acknowledgements_count_from_when_the_message_was_sent() {
    RoleUnderTest leader = ReplicationTest.caughtUp();
    leader.elapse(400);
    long sent = leader.ports.now;
    leader.elapse(500);
    leader.from(B, ReplicationTest.heartbeatReply(2, sent, 2, 2)); // half a second on its way
    leader.elapse(499);
    leader.fire(Timeout.HEARTBEAT);
    assertThat(leader.kind()).isEqualTo(Role.LEADER);
    leader.elapse(1);
    leader.fire(Timeout.HEARTBEAT);
    assertThat(leader.kind()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void an_abdicated_leader_may_lead_again() { // E10
    RoleUnderTest leader = ReplicationTest.caughtUp();
    leader.elapse(2_000);
    leader.fire(Timeout.HEARTBEAT);
    leader.elapse(2_000);
    leader.forgetSent();
    leader.fire(Timeout.ELECTION);
    leader.from(B, new PreVoteReply(3, round(leader), VoteVerdict.GRANT));
    assertThat(leader.kind()).isEqualTo(Role.CANDIDATE);
  }

  @Test
  void a_single_member_leads_and_commits_alone_and_keeps_leading() {
    RoleUnderTest node = new RoleUnderTest(RoleUnderTest.SETTINGS, -5_000_000_000L, "a");
    RoleUnderTest.recovered(node, 0).win().persistAll();
    assertThat(node.kind()).isEqualTo(Role.LEADER);
    assertThat(node.state().commitIndex()).isEqualTo(1);
    node.elapse(60_000);
    node.fire(Timeout.HEARTBEAT);
    assertThat(node.kind()).isEqualTo(Role.LEADER);
  }

  @Test
  void of_two_members_both_are_needed() {
    RoleUnderTest node = new RoleUnderTest(RoleUnderTest.SETTINGS, -5_000_000_000L, "a", "b");
    RoleUnderTest.recovered(node, 0).win().persistAll();
    assertThat(node.kind()).isEqualTo(Role.LEADER);
    assertThat(node.state().commitIndex()).isZero();
    ReplicationTest.accept(node, B);
    assertThat(node.state().commitIndex()).isEqualTo(1);
    node.elapse(2_000);
    node.fire(Timeout.HEARTBEAT);
    assertThat(node.kind()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void a_newer_term_ends_the_leadership_before_it_is_taken() {
    RoleUnderTest leader = ReplicationTest.caughtUp();
    leader.from(B, new AppendReply(9, 0, false, 0, 0, 0));
    assertThat(leader.kind()).isEqualTo(Role.FOLLOWER);
    assertThat(leader.state().term()).isEqualTo(9);
    assertThat(leader.log()).allMatch(entry -> entry.term() <= 2);
  }
}

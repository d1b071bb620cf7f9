package io.pekkoraft.role;

import static io.pekkoraft.role.LeadershipTest.leadership;
import static io.pekkoraft.role.LeadershipTest.leading;
import static io.pekkoraft.role.OutcomeTest.propose;
import static io.pekkoraft.role.ReplicationTest.accept;
import static io.pekkoraft.role.ReplicationTest.heartbeatReply;
import static io.pekkoraft.role.RoleUnderTest.A;
import static io.pekkoraft.role.RoleUnderTest.B;
import static io.pekkoraft.role.RoleUnderTest.C;
import static io.pekkoraft.role.RoleUnderTest.MILLI;
import static io.pekkoraft.role.RoleUnderTest.slice;
import static io.pekkoraft.role.RoleUnderTest.terms;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftStatus.Role;
import io.pekkoraft.api.TransferOutcome;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.Bytes;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.ForwardProposal;
import io.pekkoraft.message.PeerMessage.ForwardReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.message.PeerMessage.PreVoteRequest;
import io.pekkoraft.message.PeerMessage.TimeoutNow;
import io.pekkoraft.message.PeerMessage.VoteReply;
import io.pekkoraft.message.PeerMessage.VoteRequest;
import io.pekkoraft.message.VoteVerdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Thesis 3.10, and the rules that let leases live with it. */
class TransferTest {
  private static final long ID = 7;

  private static List<TransferOutcome> transfer(
      RoleUnderTest leader, @Nullable NodeId to, long millis) {
    List<TransferOutcome> outcomes = new ArrayList<>();
    leader.deliver(
        new NodeCommand.TransferLeadership(to, leader.ports.now + millis * MILLI, outcomes::add));
    return outcomes;
  }

  private static long named(RoleUnderTest leader, NodeId to) {
    return leader.lastTo(to, Heartbeat.class).transferId();
  }

  private static void acknowledge(RoleUnderTest leader, NodeId peer) {
    Heartbeat heartbeat = leader.lastTo(peer, Heartbeat.class);
    long last = leader.state().log().lastIndex();
    leader.from(peer, heartbeatReply(leader.state().term(), heartbeat.sentNanos(), last, last));
  }

  private static List<TimeoutNow> timeoutsNow(RoleUnderTest leader) {
    List<TimeoutNow> all = new ArrayList<>(leader.sentTo(B, TimeoutNow.class));
    all.addAll(leader.sentTo(C, TimeoutNow.class));
    return all;
  }

  // --- the leader

  @Test
  void the_lease_is_over_and_all_messages_name_the_transfer_before_the_target_is_asked() {
    RoleUnderTest leader = leading();
    Leadership leadership = leadership(leader);
    transfer(leader, B, 500);
    assertThat(leadership.isOver()).isTrue();
    assertThat(leader.ports.leadership()).isNull();
    assertThat(named(leader, B)).isNotZero().isEqualTo(named(leader, C));
    assertThat(timeoutsNow(leader)).isEmpty();

    acknowledge(leader, B);
    LogPosition last = leader.state().log().last();
    assertThat(timeoutsNow(leader)).containsExactly(new TimeoutNow(2, named(leader, B), last));
    assertThat(leader.sentTo(C, TimeoutNow.class)).isEmpty();
  }

  @Test
  void the_target_must_have_everything_and_have_heard_of_the_transfer_itself() {
    RoleUnderTest leader = leading();
    propose(leader, 8);
    leader.persistAll();
    transfer(leader, B, 500);
    acknowledge(leader, C);
    assertThat(leader.state().commitIndex()).isEqualTo(3);
    assertThat(timeoutsNow(leader)).isEmpty();
    leader.from(B, heartbeatReply(2, leader.lastTo(B, Heartbeat.class).sentNanos(), 2, 2));
    assertThat(timeoutsNow(leader)).isEmpty();
    acknowledge(leader, B);
    assertThat(timeoutsNow(leader)).hasSize(1);
  }

  @Test
  void the_target_is_asked_only_when_all_is_committed_so_that_no_client_is_left_in_doubt() {
    RoleUnderTest leader =
        RoleUnderTest.recovered(
                new RoleUnderTest(RoleUnderTest.SETTINGS, 0, "a", "b", "c", "d", "e"), 1)
            .win()
            .persistAll();
    accept(leader, B);
    accept(leader, C);
    leader.elapse(100);
    leader.fire(Timeout.HEARTBEAT);
    propose(leader, 8);
    transfer(leader, B, 500);
    acknowledge(leader, B); // has it all; the leader's own disk and B are no majority of five
    assertThat(timeoutsNow(leader)).isEmpty();
    acknowledge(leader, C);
    assertThat(timeoutsNow(leader)).isEmpty(); // B and C
    leader.persistAll();
    assertThat(timeoutsNow(leader)).hasSize(1);
  }

  @Test
  void the_target_is_asked_again_with_each_heartbeat() {
    RoleUnderTest leader = leading();
    transfer(leader, B, 500);
    acknowledge(leader, B);
    acknowledge(leader, B);
    assertThat(timeoutsNow(leader)).hasSize(1);
    leader.elapse(100);
    leader.fire(Timeout.HEARTBEAT);
    assertThat(timeoutsNow(leader)).hasSize(2);
  }

  @Test
  void a_transfer_that_takes_too_long_is_aborted_and_the_leader_goes_on() {
    RoleUnderTest leader = leading();
    List<TransferOutcome> outcomes = transfer(leader, B, 200);
    OutcomeTest.Request request = propose(leader, 8);
    assertThat(leader.state().log().lastIndex()).isEqualTo(2);
    leader.elapse(200);
    leader.fire(Timeout.TRANSFER);
    assertThat(outcomes).singleElement().isInstanceOf(TransferOutcome.Aborted.class);
    assertThat(named(leader, B)).isZero();
    assertThat(leader.state().log().lastIndex()).isEqualTo(3);
    assertThat(request.outcomes).isEmpty();
    assertThat(leader.kind()).isEqualTo(Role.LEADER);
  }

  @Test
  void a_transfer_ends_after_an_election_timeout_however_long_it_may_take() {
    RoleUnderTest leader = leading();
    transfer(leader, B, 60_000);
    assertThat(leader.ports.timers.get(Timeout.TRANSFER))
        .isEqualTo(leader.ports.now + 1_000 * MILLI);
  }

  @Test
  void a_leader_that_was_held_up_beyond_the_end_asks_nobody_any_more() {
    RoleUnderTest leader = leading();
    List<TransferOutcome> outcomes = transfer(leader, B, 200);
    leader.elapse(201);
    acknowledge(leader, B);
    assertThat(timeoutsNow(leader)).isEmpty();
    assertThat(outcomes).singleElement().isInstanceOf(TransferOutcome.Aborted.class);
  }

  @Test
  void after_an_abort_the_lease_counts_only_what_was_sent_afterwards() {
    RoleUnderTest leader = leading();
    transfer(leader, B, 200);
    Heartbeat during = leader.lastTo(C, Heartbeat.class);
    leader.elapse(200);
    leader.fire(Timeout.TRANSFER);
    leader.from(C, heartbeatReply(2, during.sentNanos(), 2, 2));
    assertThat(leader.ports.leadership()).isNull();
    acknowledge(leader, C);
    assertThat(leadership(leader).quorumSentNanos()).isGreaterThan(during.sentNanos());
    assertThat(leadership(leader).byTransfer()).isFalse();
  }

  @Test
  void without_a_name_it_is_the_voter_that_has_most_and_was_heard_last() {
    RoleUnderTest leader = leading();
    leader.elapse(10);
    leader.fire(Timeout.HEARTBEAT);
    acknowledge(leader, C);
    transfer(leader, null, 500);
    acknowledge(leader, C);
    assertThat(timeoutsNow(leader)).isEqualTo(leader.sentTo(C, TimeoutNow.class)).hasSize(1);
  }

  @Test
  void what_cannot_succeed_is_refused_and_disturbs_nothing() {
    RoleUnderTest leader = leading();
    for (NodeId to : List.of(A, NodeId.of("x"))) {
      assertThat(transfer(leader, to, 500))
          .singleElement()
          .isInstanceOf(TransferOutcome.Refused.class);
    }
    leader.elapse(900);
    leader.from(C, heartbeatReply(2, leader.ports.now, 2, 2));
    leader.elapse(200);
    assertThat(transfer(leader, B, 500))
        .containsExactly(new TransferOutcome.Refused("b has not answered for an election timeout"));
    assertThat(leader.ports.leadership()).isNotNull();
    transfer(leader, C, 500);
    assertThat(transfer(leader, C, 500))
        .containsExactly(new TransferOutcome.Refused("a transfer to c is under way"));
  }

  @Test
  void whoever_does_not_lead_names_who_does() {
    RoleUnderTest node = RoleUnderTest.follower(5, terms(1));
    node.from(B, new Heartbeat(5, 0, 0, 0));
    assertThat(transfer(node, C, 500)).containsExactly(new TransferOutcome.NotLeader(B));
  }

  // --- the target

  private static RoleUnderTest target() {
    RoleUnderTest node = RoleUnderTest.follower(5, terms(1, 5));
    node.elapse(1_000);
    node.from(B, new Heartbeat(5, 0, 10, ID));
    return node;
  }

  private static final LogPosition LAST = new LogPosition(5, 2);

  @Test
  void the_target_stands_at_once_and_names_the_transfer() {
    RoleUnderTest node = target();
    node.from(B, new TimeoutNow(5, ID, LAST));
    assertThat(node.kind()).isEqualTo(Role.CANDIDATE);
    assertThat(node.lastTo(C, VoteRequest.class)).isEqualTo(new VoteRequest(6, LAST, ID));
    node.persistAll();
    node.from(C, new VoteReply(6, VoteVerdict.GRANT));
    assertThat(node.kind()).isEqualTo(Role.LEADER);
    node.persistAll();
    accept(node, C);
    node.deliver(new NodeCommand.Applied(3));
    assertThat(leadership(node).byTransfer()).isTrue();
  }

  @Test
  void an_order_that_is_not_the_leaders_newest_word_means_nothing() {
    RoleUnderTest node = target();
    node.from(B, new TimeoutNow(4, ID, LAST)); // of an earlier term (E19)
    node.from(B, new TimeoutNow(5, ID + 1, LAST)); // of another transfer
    node.from(B, new TimeoutNow(5, ID, new LogPosition(5, 3))); // the log is not all here
    node.from(C, new TimeoutNow(5, ID, LAST)); // not of the leader
    assertThat(node.kind()).isEqualTo(Role.FOLLOWER);
    node.from(B, new Heartbeat(5, 0, 20, 0));
    node.from(B, new TimeoutNow(5, ID, LAST)); // aborted (E19)
    node.from(B, new TimeoutNow(5, 0, LAST));
    assertThat(node.kind()).isEqualTo(Role.FOLLOWER);
    assertThat(node.state().term()).isEqualTo(5);
  }

  @Test
  void a_message_from_before_the_abort_does_not_bring_the_transfer_back() {
    RoleUnderTest node = target();
    node.from(B, new Heartbeat(5, 0, 20, 0));
    node.from(B, new AppendEntries(5, slice(terms(1, 5), 2, 2), 0, 15, ID));
    node.from(B, new TimeoutNow(5, ID, LAST));
    assertThat(node.kind()).isEqualTo(Role.FOLLOWER);
    node.from(B, new Heartbeat(5, 0, 20, ID)); // sent at the same time as the newest
    node.from(B, new TimeoutNow(5, ID, LAST));
    assertThat(node.kind()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void a_target_that_forgot_whom_it_heard_before_its_restart_does_not_stand() {
    RoleUnderTest node = RoleUnderTest.follower(5, terms(1, 5));
    node.elapse(999);
    node.from(B, new Heartbeat(5, 0, 10, ID));
    node.from(B, new TimeoutNow(5, ID, LAST));
    assertThat(node.kind()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void a_target_that_does_not_win_asks_like_anybody_else() {
    RoleUnderTest node = target();
    node.from(B, new TimeoutNow(5, ID, LAST));
    OutcomeTest.Request request = propose(node, 8);
    assertThat(request.outcomes).isEmpty();
    node.elapse(2_000);
    node.fire(Timeout.ELECTION);
    assertThat(node.kind()).isEqualTo(Role.PRE_CANDIDATE);
    assertThat(request.outcomes).singleElement().isInstanceOf(Outcome.NoLeader.class);
    PreVoteRequest asked = node.lastTo(C, PreVoteRequest.class);
    node.forgetSent();
    node.from(C, new PreVoteReply(7, asked.round(), VoteVerdict.GRANT));
    assertThat(node.lastTo(C, VoteRequest.class)).isEqualTo(new VoteRequest(7, LAST, 0));
  }

  // --- the voters

  private static VoteVerdict vote(RoleUnderTest node, VoteRequest request) {
    node.from(C, request);
    node.persistAll();
    return node.lastTo(C, VoteReply.class).verdict();
  }

  @Test
  void a_voter_lifts_its_hold_off_only_for_the_transfer_that_it_heard_of_last() {
    assertThat(vote(target(), new VoteRequest(6, LAST, 0))).isEqualTo(VoteVerdict.HOLD_OFF);
    assertThat(vote(target(), new VoteRequest(6, LAST, ID + 1))).isEqualTo(VoteVerdict.HOLD_OFF);
    assertThat(vote(target(), new VoteRequest(7, LAST, ID))).isEqualTo(VoteVerdict.HOLD_OFF);
    assertThat(vote(target(), new VoteRequest(6, LAST, ID))).isEqualTo(VoteVerdict.GRANT);
    RoleUnderTest aborted = target();
    aborted.from(B, new Heartbeat(5, 0, 20, 0));
    assertThat(vote(aborted, new VoteRequest(6, LAST, ID))).isEqualTo(VoteVerdict.HOLD_OFF);
    assertThat(aborted.state().term()).isEqualTo(5);
  }

  @Test
  void a_pre_vote_is_held_off_during_a_transfer_too() {
    RoleUnderTest node = target();
    node.from(C, new PreVoteRequest(6, 1, LAST));
    assertThat(node.lastTo(C, PreVoteReply.class).verdict()).isEqualTo(VoteVerdict.HOLD_OFF);
  }

  @Test
  void the_old_leader_votes_for_its_target_and_for_nobody_else() {
    for (NodeId asker : List.of(B, C)) {
      RoleUnderTest leader = leading();
      transfer(leader, B, 500);
      LogPosition last = leader.state().log().last();
      leader.from(asker, new VoteRequest(3, last, named(leader, B)));
      leader.persistAll();
      assertThat(leader.kind()).isEqualTo(asker.equals(B) ? Role.FOLLOWER : Role.LEADER);
      assertThat(leader.lastTo(asker, VoteReply.class).verdict())
          .isEqualTo(asker.equals(B) ? VoteVerdict.GRANT : VoteVerdict.HOLD_OFF);
    }
  }

  @Test
  void an_old_leader_that_hears_the_new_term_first_votes_for_its_target_all_the_same() {
    RoleUnderTest leader = leading();
    transfer(leader, B, 500);
    long id = named(leader, B);
    leader.from(C, heartbeatReply(3, leader.ports.now, 0, 0));
    assertThat(leader.kind()).isEqualTo(Role.FOLLOWER);
    leader.from(B, new VoteRequest(3, leader.state().log().last(), id));
    leader.persistAll();
    assertThat(leader.lastTo(B, VoteReply.class).verdict()).isEqualTo(VoteVerdict.GRANT);
  }

  // --- the clients

  @Test
  void what_came_meanwhile_goes_to_the_new_leader_and_its_answer_back() {
    RoleUnderTest leader = leading();
    List<TransferOutcome> outcomes = transfer(leader, B, 500);
    OutcomeTest.Request own = propose(leader, 8);
    leader.from(C, new ForwardProposal(2, 40, new Bytes(new byte[3])));
    leader.from(B, new VoteRequest(3, leader.state().log().last(), named(leader, B)));
    OutcomeTest.Request between = propose(leader, 9);
    leader.persistAll();
    leader.forgetSent();
    LogEntry[] log = leader.log().toArray(LogEntry[]::new);
    leader.from(B, new AppendEntries(3, slice(log, 2, 2), 0, 1, 0));
    assertThat(outcomes).containsExactly(new TransferOutcome.Transferred(B, 3));
    List<ForwardProposal> forwarded = leader.sentTo(B, ForwardProposal.class);
    assertThat(forwarded).extracting(f -> f.command().length()).containsExactly(8, 3, 9);
    for (ForwardProposal forward : forwarded) {
      leader.from(B, new ForwardReply(3, forward.requestId(), new Outcome.Rejected("seen")));
    }
    assertThat(own.outcomes).containsExactly(new Outcome.Rejected("seen"));
    assertThat(between.outcomes).containsExactly(new Outcome.Rejected("seen"));
    assertThat(leader.lastTo(C, ForwardReply.class).requestId()).isEqualTo(40);
  }

  @Test
  void the_new_leader_appends_what_came_while_it_stood() {
    RoleUnderTest node = target();
    node.from(B, new TimeoutNow(5, ID, LAST));
    OutcomeTest.Request request = propose(node, 8);
    node.persistAll();
    node.from(C, new VoteReply(6, VoteVerdict.GRANT));
    assertThat(node.state().log().lastIndex()).isEqualTo(4); // its own entry, and this one
    assertThat(request.outcomes).isEmpty();
  }

  @Test
  void a_voter_keeps_what_it_is_given_until_it_hears_whom_it_voted_for() {
    RoleUnderTest node = target();
    vote(node, new VoteRequest(6, LAST, ID));
    OutcomeTest.Request request = propose(node, 8);
    assertThat(request.outcomes).isEmpty();
    node.from(C, new Heartbeat(6, 0, 1, 0));
    assertThat(node.sentTo(C, ForwardProposal.class)).hasSize(1);
    node.from(C, new VoteRequest(6, LAST, ID)); // once more: the leader is known
    propose(node, 8);
    assertThat(node.sentTo(C, ForwardProposal.class)).hasSize(2);
  }

  @Test
  void what_waits_is_bounded_by_the_room_for_what_is_not_committed() {
    RoleUnderTest leader = leading();
    transfer(leader, B, 500);
    List<OutcomeTest.Request> requests = new ArrayList<>();
    for (int i = 0; i < 17; i++) {
      requests.add(propose(leader, 1 << 16)); // 16 fill the room
    }
    assertThat(requests.get(15).outcomes).isEmpty();
    assertThat(requests.get(16).outcomes).singleElement().isInstanceOf(Outcome.Overloaded.class);
    assertThat(propose(leader, (1 << 16) + 1).outcomes)
        .singleElement()
        .isInstanceOf(Outcome.TooLarge.class);
    requests.get(0).complete(new Outcome.TimedOut(Duration.ZERO));
    leader.fire(Timeout.HEARTBEAT);
    assertThat(propose(leader, 1 << 16).outcomes).isEmpty();
  }

  @Test
  void a_failure_ends_the_transfer_for_all_who_wait() {
    RoleUnderTest leader = leading();
    List<TransferOutcome> outcomes = transfer(leader, B, 500);
    OutcomeTest.Request request = propose(leader, 8);
    leader.deliver(new NodeCommand.StorageFailed(new IllegalStateException("disk")));
    assertThat(outcomes).singleElement().isInstanceOf(TransferOutcome.Aborted.class);
    assertThat(request.outcomes).singleElement().isInstanceOf(Outcome.MemberFailed.class);
  }
}

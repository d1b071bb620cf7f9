package io.pekkoraft.role;

import static io.pekkoraft.role.RoleUnderTest.A;
import static io.pekkoraft.role.RoleUnderTest.B;
import static io.pekkoraft.role.RoleUnderTest.C;
import static io.pekkoraft.role.RoleUnderTest.GROUP;
import static io.pekkoraft.role.RoleUnderTest.slice;
import static io.pekkoraft.role.RoleUnderTest.terms;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.Bytes;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.ForwardProposal;
import io.pekkoraft.message.PeerMessage.ForwardReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.HeartbeatReply;
import io.pekkoraft.message.PeerMessage.InstallSnapshot;
import io.pekkoraft.message.PeerMessage.InstallSnapshotReply;
import io.pekkoraft.message.PeerMessage.OtherLife;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.message.PeerMessage.PreVoteRequest;
import io.pekkoraft.message.PeerMessage.VoteReply;
import io.pekkoraft.message.PeerMessage.VoteRequest;
import io.pekkoraft.message.VoteVerdict;
import io.pekkoraft.rules.IdentityRule;
import io.pekkoraft.rules.TermRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The one order of checks: identity, then the hold-off, then the term. */
class DoorTest {
  private static final LogEntry[] LOG = terms(1, 1);
  private static final long NEWER = 105;

  static List<PeerMessage> everyMessage() {
    SnapshotDescriptor snapshot =
        new SnapshotDescriptor(
            new LogPosition(9, 9), 9, RoleUnderTest.configuration("a", "b", "c"), "f", 1, "h");
    return List.of(
        new PreVoteRequest(NEWER, 1, new LogPosition(9, 9)),
        new PreVoteReply(NEWER, 1, VoteVerdict.LOG_BEHIND),
        new VoteRequest(NEWER, new LogPosition(9, 9), 0),
        new VoteReply(NEWER, VoteVerdict.GRANT),
        new Heartbeat(NEWER, 2, 0, 0),
        new HeartbeatReply(NEWER, 0, 2, 2),
        new AppendEntries(NEWER, slice(LOG, 1, 2), 2, 0, 0),
        new AppendReply(NEWER, 0, true, 1, 2, 0),
        new InstallSnapshot(NEWER, snapshot, 0, new Bytes(new byte[1]), 0, 0),
        new InstallSnapshotReply(NEWER, 0, 9, 1, true),
        new OtherLife(NEWER),
        new ForwardProposal(NEWER, 1, new Bytes(new byte[1])),
        new ForwardReply(NEWER, 1, new Outcome.NoLeader("")));
  }

  private static Map<Header, IdentityRule.Verdict> wrongHeaders() {
    Map<Header, IdentityRule.Verdict> headers = new LinkedHashMap<>();
    headers.put(
        new Header(new GroupIdentity("other", "group", 1), B, 1, 100, A, 1, 1),
        IdentityRule.Verdict.WRONG_CLUSTER);
    headers.put(
        new Header(new GroupIdentity("cluster", "other", 1), B, 1, 100, A, 1, 1),
        IdentityRule.Verdict.WRONG_GROUP);
    headers.put(
        new Header(new GroupIdentity("cluster", "group", 2), B, 1, 100, A, 1, 1),
        IdentityRule.Verdict.WRONG_GROUP);
    headers.put(new Header(GROUP, B, 1, 100, C, 1, 1), IdentityRule.Verdict.WRONG_NODE);
    headers.put(new Header(GROUP, B, 1, 100, A, 2, 1), IdentityRule.Verdict.OTHER_INCARNATION);
    headers.put(new Header(GROUP, B, 1, 100, A, 1, 8), IdentityRule.Verdict.OTHER_LIFE);
    headers.put(new Header(GROUP, B, 2, 100, A, 1, 1), IdentityRule.Verdict.SENDER_INCARNATION);
    headers.put(new Header(GROUP, A, 1, 100, A, 1, 1), IdentityRule.Verdict.OWN_NAME);
    return headers;
  }

  @ParameterizedTest
  @MethodSource("everyMessage")
  void a_message_that_is_not_meant_for_this_node_touches_neither_term_nor_timers(
      PeerMessage message) {
    wrongHeaders()
        .forEach(
            (header, verdict) -> {
              RoleUnderTest node = RoleUnderTest.follower(5, LOG);
              node.elapse(5_000);
              long heard = node.runtime.contact().atNanos();
              Map<Timeout, Long> timers = Map.copyOf(node.ports.timers);
              node.deliver(new Envelope(header, message));

              assertThat(node.ports.dropped).as("%s", header).containsExactly(verdict);
              assertThat(node.state().term()).isEqualTo(5);
              assertThat(node.state().commitIndex()).isZero();
              assertThat(node.runtime.contact().atNanos()).isEqualTo(heard);
              assertThat(node.ports.timers).isEqualTo(timers);
              assertThat(node.ports.writes).isEmpty();
              assertThat(node.sent()).allMatch(OtherLife.class::isInstance);
            });
  }

  @ParameterizedTest
  @MethodSource("everyMessage")
  void an_answer_to_an_unknown_life_or_of_a_stranger_does_not_count(PeerMessage message) {
    RoleUnderTest node = RoleUnderTest.follower(5, LOG);
    if (message.answers()) {
      node.deliver(new Envelope(new Header(GROUP, B, 1, 100, A, 1, 0), message));
      node.deliver(
          new Envelope(new Header(GROUP, NodeId.of("stranger"), 1, 100, A, 1, 1), message));
      assertThat(node.ports.dropped)
          .containsExactly(IdentityRule.Verdict.OTHER_LIFE, IdentityRule.Verdict.NOT_A_MEMBER);
      assertThat(node.state().term()).isEqualTo(5);
    }
  }

  @ParameterizedTest
  @MethodSource("everyMessage")
  void of_a_stranger_only_requests_for_votes_are_judged(PeerMessage message) {
    RoleUnderTest node = RoleUnderTest.follower(5, LOG);
    Header stranger = new Header(GROUP, NodeId.of("stranger"), 1, 100, A, 1, 1);
    long heard = node.runtime.contact().atNanos();
    node.deliver(new Envelope(stranger, message));
    if (message instanceof PreVoteRequest || message instanceof VoteRequest) {
      assertThat(node.ports.dropped).isEmpty();
    } else {
      assertThat(node.ports.dropped).containsExactly(IdentityRule.Verdict.NOT_A_MEMBER);
      assertThat(node.state().term()).isEqualTo(5);
      assertThat(node.runtime.contact().atNanos()).isEqualTo(heard);
      assertThat(node.ports.writes).isEmpty();
    }
  }

  @Test
  void an_order_of_a_stranger_to_stand_for_election_changes_nothing() {
    of_a_stranger_only_requests_for_votes_are_judged(
        new PeerMessage.TimeoutNow(6, 1, LogPosition.ZERO));
  }

  @ParameterizedTest
  @MethodSource("everyMessage")
  void nothing_is_taken_before_recovery_and_after_a_failure(PeerMessage message) {
    RoleUnderTest recovering = new RoleUnderTest(RoleUnderTest.SETTINGS, 0, "a", "b", "c");
    recovering.from(B, message);
    assertThat(recovering.kind()).isEqualTo(RaftStatus.Role.RECOVERING);
    assertThat(recovering.sent()).isEmpty();

    RoleUnderTest failed = RoleUnderTest.follower(5, LOG);
    failed.deliver(
        new io.pekkoraft.message.NodeCommand.StorageFailed(new IllegalStateException("disk")));
    failed.from(B, message);
    assertThat(failed.kind()).isEqualTo(RaftStatus.Role.FAILED);
    assertThat(failed.sent()).isEmpty();
    assertThat(failed.ports.writes).isEmpty();
  }

  // --- hold-off before term

  @Test
  void a_vote_that_the_hold_off_refuses_changes_no_term() {
    RoleUnderTest node = RoleUnderTest.follower(5, LOG);
    node.elapse(999);
    node.from(B, new VoteRequest(NEWER, new LogPosition(9, 9), 0));

    assertThat(node.lastTo(B, VoteReply.class)).isEqualTo(new VoteReply(5, VoteVerdict.HOLD_OFF));
    assertThat(node.state().term()).isEqualTo(5);

    node.elapse(1);
    node.from(B, new VoteRequest(NEWER, new LogPosition(9, 9), 0));
    assertThat(node.state().term()).isEqualTo(NEWER);
    assertThat(node.state().votedFor()).isEqualTo(B);
  }

  @Test
  void a_change_of_term_does_not_end_the_hold_off() {
    RoleUnderTest node = RoleUnderTest.follower(5, LOG);
    node.elapse(5_000);
    node.from(B, new Heartbeat(5, 0, 0, 0));
    node.from(C, new AppendReply(7, 0, false, 0, 0, 0)); // somebody is in term 7
    assertThat(node.state().term()).isEqualTo(7);
    node.from(C, new VoteRequest(8, new LogPosition(9, 9), 0));
    assertThat(node.lastTo(C, VoteReply.class).verdict()).isEqualTo(VoteVerdict.HOLD_OFF);

    node.from(B, new VoteRequest(8, new LogPosition(9, 9), 0)); // the leader that was heard, itself
    node.persistAll();
    assertThat(node.lastTo(B, VoteReply.class)).isEqualTo(new VoteReply(8, VoteVerdict.GRANT));
  }

  @Test
  void a_leader_holds_off_while_a_majority_answers_it() {
    RoleUnderTest leader = ReplicationTest.caughtUp();
    leader.elapse(900);
    leader.fire(Timeout.HEARTBEAT);
    leader.from(C, ReplicationTest.heartbeatReply(2, leader.ports.now, 2, 2));
    leader.elapse(500);
    leader.from(B, new VoteRequest(9, new LogPosition(9, 9), 0));
    assertThat(leader.kind()).isEqualTo(RaftStatus.Role.LEADER);

    leader.elapse(500); // its timer is late: it is asked before it looks itself
    leader.from(B, new VoteRequest(9, new LogPosition(9, 9), 0));
    leader.persistAll();
    assertThat(leader.kind()).isEqualTo(RaftStatus.Role.FOLLOWER);
    assertThat(leader.lastTo(B, VoteReply.class)).isEqualTo(new VoteReply(9, VoteVerdict.GRANT));
  }

  @Test
  void a_deposed_leader_holds_off_for_its_own_last_words() {
    RoleUnderTest leader = ReplicationTest.caughtUp();
    leader.elapse(500);
    leader.from(C, new AppendReply(7, 0, false, 0, 0, 0));
    leader.from(B, new VoteRequest(8, new LogPosition(9, 9), 0));

    assertThat(leader.lastTo(B, VoteReply.class).verdict()).isEqualTo(VoteVerdict.HOLD_OFF);
  }

  // --- pre-votes change nothing

  @Test
  void a_pre_vote_request_changes_nothing_at_its_receiver() { // thesis 9.6
    RoleUnderTest node = RoleUnderTest.follower(5, LOG);
    node.elapse(5_000);
    long heard = node.runtime.contact().atNanos();
    Map<Timeout, Long> timers = Map.copyOf(node.ports.timers);
    node.from(B, new PreVoteRequest(NEWER, 3, new LogPosition(9, 9)));

    assertThat(node.lastTo(B, PreVoteReply.class))
        .isEqualTo(new PreVoteReply(NEWER, 3, VoteVerdict.GRANT));
    assertThat(node.state().term()).isEqualTo(5);
    assertThat(node.state().votedFor()).isNull();
    assertThat(node.runtime.contact().atNanos()).isEqualTo(heard);
    assertThat(node.ports.timers).isEqualTo(timers);
    assertThat(node.ports.writes).isEmpty();
  }

  @Test
  void a_refused_pre_vote_tells_the_real_term_and_that_one_is_adopted() {
    RoleUnderTest node = RoleUnderTest.follower(5, LOG);
    node.elapse(5_000);
    node.from(B, new PreVoteRequest(3, 3, new LogPosition(9, 9)));
    assertThat(node.lastTo(B, PreVoteReply.class))
        .isEqualTo(new PreVoteReply(5, 3, VoteVerdict.OLD_TERM));

    node.from(B, new PreVoteReply(9, 99, VoteVerdict.LOG_BEHIND));
    assertThat(node.state().term()).isEqualTo(9);
    assertThat(node.state().votedFor()).isNull();
  }

  // --- term

  @Test
  void an_older_leader_is_told_the_newer_term() { // Raft 5.1
    RoleUnderTest node = RoleUnderTest.follower(5, LOG);
    node.from(B, new Heartbeat(4, 2, 7, 0));
    assertThat(node.lastTo(B, HeartbeatReply.class)).isEqualTo(new HeartbeatReply(5, 7, 0, 0));
    assertThat(node.runtime.contact().leaderOf(5)).isNull();
  }

  @Test
  void a_term_that_no_honest_member_has_is_dropped_with_an_alarm() {
    RoleUnderTest node = RoleUnderTest.follower(5, LOG);
    node.from(B, new Heartbeat(5 + 1_000_000_000, 0, 0, 0));
    assertThat(node.state().term()).isEqualTo(1_000_000_005);
    node.from(B, new Heartbeat(TermRule.LIMIT + 1, 0, 0, 0));
    assertThat(node.state().term()).isEqualTo(1_000_000_005);
    assertThat(node.ports.alarms).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("everyMessage")
  void the_term_of_a_message_is_compared_once(PeerMessage message) {
    boolean unrelated =
        message instanceof PreVoteRequest
            || message instanceof OtherLife
            || message instanceof ForwardProposal
            || message instanceof ForwardReply;
    assertThat(TermRule.decide(message, NEWER - 1))
        .isEqualTo(unrelated ? TermRule.Verdict.UNRELATED : TermRule.Verdict.NEWER);
    assertThat(TermRule.decide(message, NEWER))
        .isEqualTo(unrelated ? TermRule.Verdict.UNRELATED : TermRule.Verdict.CURRENT);
    assertThat(TermRule.decide(message, NEWER + 1))
        .isEqualTo(unrelated ? TermRule.Verdict.UNRELATED : TermRule.Verdict.OLDER);
  }

  @Test
  void a_granted_pre_vote_says_nothing_about_terms() {
    assertThat(TermRule.decide(new PreVoteReply(9, 1, VoteVerdict.GRANT), 1))
        .isEqualTo(TermRule.Verdict.UNRELATED);
  }

  @Test
  void two_leaders_in_one_term_stop_the_node_and_change_nothing() {
    RoleUnderTest leader = ReplicationTest.caughtUp();
    List<LogEntry> before = leader.log();
    leader.from(B, new AppendEntries(2, slice(terms(1, 2, 2), 1, 3), 3, 0, 0));

    assertThat(leader.kind()).isEqualTo(RaftStatus.Role.FAILED);
    assertThat(leader.ports.alarms).hasSize(1);
    assertThat(leader.log()).isEqualTo(before);

    RoleUnderTest follower = RoleUnderTest.follower(2, LOG);
    follower.from(B, new Heartbeat(2, 0, 0, 0));
    follower.from(C, new Heartbeat(2, 0, 0, 0));
    assertThat(follower.kind()).isEqualTo(RaftStatus.Role.FAILED);
  }
}

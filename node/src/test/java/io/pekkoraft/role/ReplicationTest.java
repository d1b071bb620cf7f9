package io.pekkoraft.role;

import static io.pekkoraft.role.RoleUnderTest.A;
import static io.pekkoraft.role.RoleUnderTest.B;
import static io.pekkoraft.role.RoleUnderTest.C;
import static io.pekkoraft.role.RoleUnderTest.MILLI;
import static io.pekkoraft.role.RoleUnderTest.slice;
import static io.pekkoraft.role.RoleUnderTest.terms;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.HeartbeatReply;
import io.pekkoraft.message.PeerMessage.VoteReply;
import io.pekkoraft.message.PeerMessage.VoteRequest;
import io.pekkoraft.message.VoteVerdict;
import org.junit.jupiter.api.Test;

/** Raft 5.3, both sides: what is lost is sent again, and nothing counts that is not on a disk. */
class ReplicationTest {

  // --- follower

  @Test
  void a_heartbeat_is_answered_with_what_is_durable_in_a_durable_term() {
    LogEntry[] log = terms(1, 1, 1);
    RoleUnderTest node = RoleUnderTest.follower(1, log);
    node.from(
        B, new AppendEntries(2, slice(log, 3, 3), 0, 0, 0)); // matches; term 2 not on disk yet
    node.from(B, new Heartbeat(2, 0, 1, 0));
    // A crash now would leave a node in term 1, whose leader may still replace these entries.
    assertThat(node.lastTo(B, HeartbeatReply.class).matchIndex()).isZero();

    node.persistAll();
    node.from(B, new Heartbeat(2, 0, 2, 0));
    assertThat(node.lastTo(B, HeartbeatReply.class).matchIndex()).isEqualTo(3);
  }

  @Test
  void an_append_is_acknowledged_only_from_the_disk() {
    LogEntry[] log = terms(1, 1, 2);
    RoleUnderTest node =
        RoleUnderTest.follower(2, slice(log, 0, 2).entries().toArray(LogEntry[]::new));
    node.from(B, new AppendEntries(2, slice(log, 2, 3), 0, 0, 0));
    assertThat(node.sentTo(B, AppendReply.class)).isEmpty();

    node.persist();
    assertThat(node.lastTo(B, AppendReply.class)).isEqualTo(new AppendReply(2, 0, true, 2, 3, 0));
  }

  @Test
  void what_was_truncated_while_it_was_being_written_is_not_durable() {
    LogEntry[] old = terms(1, 1, 1, 1);
    LogEntry[] other = terms(1, 1, 3);
    RoleUnderTest node =
        RoleUnderTest.follower(2, slice(old, 0, 1).entries().toArray(LogEntry[]::new));
    node.from(B, new AppendEntries(2, slice(old, 1, 4), 0, 0, 0));
    node.from(C, new AppendEntries(3, slice(other, 2, 3), 0, 0, 0));
    node.persist();
    assertThat(node.runtime.durableIndex()).isEqualTo(2);
    assertThat(node.sentOf(AppendReply.class)).isEmpty(); // term 2's promise is over

    node.persist();
    assertThat(node.runtime.durableIndex()).isEqualTo(3);
    assertThat(node.lastTo(C, AppendReply.class).index()).isEqualTo(3);
  }

  @Test
  void a_follower_commits_only_what_the_message_validated() {
    LogEntry[] mine = terms(1, 2, 2, 2);
    LogEntry[] leaders = terms(1, 3, 3, 3);
    RoleUnderTest node = RoleUnderTest.follower(2, mine);
    node.from(B, new AppendEntries(3, slice(leaders, 1, 1), 4, 0, 0)); // empty append, commit 4
    assertThat(node.state().commitIndex()).isEqualTo(1);
    node.from(B, new Heartbeat(3, 4, 0, 0));
    assertThat(node.state().commitIndex()).isEqualTo(1);
  }

  @Test
  void a_tail_that_was_not_compared_yet_is_not_called_a_match() {
    RoleUnderTest node = RoleUnderTest.follower(2, terms(1, 1, 2, 2, 2));
    node.from(B, new AppendEntries(3, slice(terms(1, 1, 3, 3), 1, 2), 0, 0, 0));
    node.persistAll();
    node.from(B, new Heartbeat(3, 0, 1, 0));

    assertThat(node.lastTo(B, HeartbeatReply.class)).isEqualTo(new HeartbeatReply(3, 1, 2, 2));
  }

  @Test
  void a_shorter_older_append_does_not_cut_a_matching_log() {
    LogEntry[] log = terms(1, 1, 1, 1);
    RoleUnderTest node = RoleUnderTest.follower(1, log);
    node.from(B, new AppendEntries(1, slice(log, 0, 2), 0, 0, 0));
    assertThat(node.log()).containsExactly(log);
    assertThat(node.lastTo(B, AppendReply.class).index()).isEqualTo(2);
  }

  // --- leader

  @Test
  void a_lost_append_is_noticed_though_the_followers_log_is_as_long() {
    RoleUnderTest leader =
        RoleUnderTest.recovered(
                new RoleUnderTest(RoleUnderTest.settings(2, 1 << 20), 0, "a", "b", "c"),
                1,
                terms(1, 1, 1, 1, 1, 1))
            .win()
            .persistAll();
    // b refuses at 6, its log has 1 to 3 and then other entries, up to 9
    AppendEntries probe = leader.lastTo(B, AppendEntries.class);
    leader.from(
        B, new AppendReply(2, probe.sentNanos(), false, probe.slice().previous().index(), 1, 1));
    probe = leader.lastTo(B, AppendEntries.class);
    assertThat(probe.slice().lastIndex()).isEqualTo(3);
    leader.from(B, new AppendReply(2, probe.sentNanos(), true, 1, 3, 0));
    // the appends of 4 to 7 are lost
    leader.elapse(100);
    leader.fire(Timeout.HEARTBEAT);
    leader.forgetSent();
    leader.from(B, heartbeatReply(2, leader.ports.now, 3, 3));

    assertThat(leader.lastTo(B, AppendEntries.class).slice().previous().index()).isEqualTo(3);
  }

  @Test
  void a_follower_whose_memory_of_the_match_is_gone_gets_it_again_without_a_new_entry() {
    RoleUnderTest leader = caughtUp();
    leader.elapse(100);
    leader.fire(Timeout.HEARTBEAT);
    leader.forgetSent();
    leader.from(B, heartbeatReply(2, leader.ports.now, 0, 0));

    AppendEntries probe = leader.lastTo(B, AppendEntries.class);
    assertThat(probe.slice().previous().index()).isEqualTo(leader.state().log().lastIndex());
    assertThat(probe.commitIndex()).isEqualTo(leader.state().commitIndex());
  }

  @Test
  void an_answer_to_an_older_heartbeat_says_nothing_about_a_newer_append() {
    RoleUnderTest leader = caughtUp();
    leader.elapse(100);
    leader.from(B, new io.pekkoraft.message.PeerMessage.ForwardProposal(1, 1, bytes(1)));
    leader.forgetSent();
    leader.from(B, heartbeatReply(2, leader.ports.now - MILLI, 2, 2));

    assertThat(leader.sentTo(B, AppendEntries.class)).isEmpty();
  }

  @Test
  void a_follower_that_refuses_what_it_acknowledged_is_not_asked_at_the_speed_of_the_network() {
    RoleUnderTest leader = caughtUp();
    leader.restart(B, 999); // comes back with an older copy of its disk
    long last = leader.state().log().lastIndex();
    leader.forgetSent();
    leader.from(B, heartbeatReply(2, leader.ports.now, 0, 0));
    long probed = leader.lastTo(B, AppendEntries.class).sentNanos();
    for (int i = 0; i < 10; i++) {
      leader.from(B, new AppendReply(2, probed, false, last, 1, 1));
    }

    assertThat(leader.sentTo(B, AppendEntries.class)).hasSizeLessThan(3);
    assertThat(leader.ports.alarms).isNotEmpty();

    leader.elapse(100);
    leader.fire(Timeout.HEARTBEAT);
    leader.forgetSent();
    leader.from(B, heartbeatReply(2, leader.ports.now, 0, 0));
    assertThat(leader.sentTo(B, AppendEntries.class)).hasSize(1);
  }

  @Test
  void on_a_clock_that_stands_still_two_appends_can_be_told_apart() {
    RoleUnderTest leader = caughtUp();
    long before = leader.lastTo(B, AppendEntries.class).sentNanos();
    leader.restart(B, 999);
    leader.from(B, heartbeatReply(2, leader.ports.now, 0, 0));

    assertThat(leader.lastTo(B, AppendEntries.class).sentNanos()).isGreaterThan(before);
  }

  @Test
  void a_restart_is_noticed_though_the_first_word_of_the_new_life_is_refused() {
    RoleUnderTest leader = caughtUp();
    leader.restart(B, 999);
    leader.forgetSent();
    leader.from(B, new VoteRequest(9, leader.state().log().last(), 0));

    assertThat(leader.lastTo(B, VoteReply.class).verdict()).isEqualTo(VoteVerdict.HOLD_OFF);
    assertThat(leader.sentTo(B, AppendEntries.class)).hasSize(1);
    assertThat(leader.state().term()).isEqualTo(2);
  }

  @Test
  void the_leaders_own_disk_counts_like_any_other() {
    RoleUnderTest leader =
        RoleUnderTest.recovered(new RoleUnderTest(RoleUnderTest.SETTINGS, 0, "a", "b", "c"), 1)
            .win();
    accept(leader, B);
    assertThat(leader.state().commitIndex()).isZero(); // a's copy is still on its way to the disk
    accept(leader, C);
    assertThat(leader.state().commitIndex()).isEqualTo(1); // b and c are a majority
  }

  @Test
  void the_own_copy_that_becomes_durable_after_the_leadership_commits_nothing() {
    RoleUnderTest leader =
        RoleUnderTest.recovered(new RoleUnderTest(RoleUnderTest.SETTINGS, 0, "a", "b", "c"), 1)
            .win();
    accept(leader, B);
    leader.from(C, new Heartbeat(9, 0, 0, 0));
    leader.persistAll();

    assertThat(leader.state().commitIndex()).isZero();
  }

  static HeartbeatReply heartbeatReply(long term, long sentNanos, long match, long known) {
    return new HeartbeatReply(term, sentNanos, match, known);
  }

  static io.pekkoraft.message.Bytes bytes(int value) {
    return new io.pekkoraft.message.Bytes(new byte[] {(byte) value});
  }

  static void accept(RoleUnderTest leader, NodeId peer) {
    AppendEntries append = leader.lastTo(peer, AppendEntries.class);
    leader.from(
        peer,
        new AppendReply(
            append.term(),
            append.sentNanos(),
            true,
            append.slice().previous().index(),
            append.slice().lastIndex(),
            0));
  }

  /** Leader {@code a} of term 2, whose followers have all of its log: one entry, and its own. */
  static RoleUnderTest caughtUp() {
    RoleUnderTest leader = RoleUnderTest.leader(1, terms(1));
    accept(leader, B);
    accept(leader, C);
    assertThat(leader.state().commitIndex()).isEqualTo(2);
    assertThat(leader.role().leader()).isEqualTo(A);
    return leader;
  }
}

package io.pekkoraft.role;

import static io.pekkoraft.role.ReplicationTest.caughtUp;
import static io.pekkoraft.role.ReplicationTest.heartbeatReply;
import static io.pekkoraft.role.RoleUnderTest.B;
import static io.pekkoraft.role.RoleUnderTest.C;
import static io.pekkoraft.role.RoleUnderTest.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.message.PeerMessage.HeartbeatReply;
import java.util.Objects;
import org.apache.pekko.actor.typed.PostStop;
import org.junit.jupiter.api.Test;

/** What a leader lets others rely on (thesis 6.4.1); with 10 % of drift, 818 ms are a lease. */
class LeadershipTest {
  static Leadership leadership(RoleUnderTest leader) {
    return Objects.requireNonNull(leader.ports.leadership());
  }

  /** A leader in term 2 whose own entry is applied. */
  static RoleUnderTest leading() {
    RoleUnderTest leader = caughtUp();
    leader.deliver(new NodeCommand.Applied(leader.state().commitIndex()));
    return leader;
  }

  @Test
  void it_begins_when_an_entry_of_the_term_is_applied_and_not_before() {
    RoleUnderTest leader = caughtUp();
    leader.deliver(new NodeCommand.Applied(1));
    assertThat(leader.ports.leadership()).isNull();
    leader.deliver(new NodeCommand.Applied(2));
    assertThat(leadership(leader).term()).isEqualTo(2);
    assertThat(leadership(leader).byTransfer()).isFalse();
  }

  @Test
  void it_holds_for_a_lease_after_what_a_majority_acknowledged_was_sent() {
    RoleUnderTest leader = leading();
    leader.elapse(300);
    long sent = leader.ports.now;
    leader.elapse(300);
    leader.from(B, heartbeatReply(2, sent, 2, 2));
    Leadership leadership = leadership(leader);
    assertThat(leadership.quorumSentNanos()).isEqualTo(sent);
    assertThat(leadership.holds(sent + 818 * MILLI)).isTrue();
    assertThat(leadership.holds(sent + 819 * MILLI)).isFalse();
  }

  @Test
  void an_only_voter_is_its_own_majority_and_holds_as_long_as_it_lives() {
    RoleUnderTest node = new RoleUnderTest(RoleUnderTest.SETTINGS, -5_000_000_000L, "a");
    RoleUnderTest.recovered(node, 0).win().persistAll();
    node.deliver(new NodeCommand.Applied(1));
    for (int i = 0; i < 100; i++) {
      node.elapse(100);
      node.fire(Timeout.HEARTBEAT);
      assertThat(leadership(node).holds(node.ports.now)).isTrue();
    }
  }

  @Test
  void it_is_over_before_a_newer_term_is_taken() {
    RoleUnderTest leader = leading();
    Leadership leadership = leadership(leader);
    leader.from(B, new HeartbeatReply(3, 0, 0, 0));
    assertThat(leadership.isOver()).isTrue();
    assertThat(leader.ports.leadership()).isNull();
  }

  @Test
  void it_is_over_when_the_actor_ends() {
    RoleUnderTest leader = leading();
    Leadership leadership = leadership(leader);
    leader.signal(PostStop.instance());
    assertThat(leadership.isOver()).isTrue();
    assertThat(leader.ports.leadership()).isNull();
  }

  @Test
  void it_is_over_when_the_journal_fails() {
    RoleUnderTest leader = leading();
    Leadership leadership = leadership(leader);
    leader.deliver(new NodeCommand.StorageFailed(new IllegalStateException("disk")));
    assertThat(leadership.isOver()).isTrue();
    assertThat(leader.ports.leadership()).isNull();
  }

  /** Whoever refuses the heartbeat of an earlier term answers too, with its newer one. */
  @Test
  void an_answer_to_an_earlier_leadership_of_this_node_proves_nothing() {
    RoleUnderTest leader = caughtUp();
    long sentInTerm2 = leader.ports.now;
    leader.from(B, new HeartbeatReply(3, 0, 0, 0));
    leader.persistAll();
    leader.win().persistAll();
    assertThat(leader.state().term()).isEqualTo(4);
    leader.forgetSent();
    leader.from(C, new HeartbeatReply(4, sentInTerm2, 3, 3));
    assertThat(leader.state().commitIndex()).isEqualTo(2);
    assertThat(leader.sent()).isEmpty();
  }

  @Test
  void a_follower_that_restarts_takes_nothing_back() {
    RoleUnderTest leader = leading();
    long sent = leader.ports.now;
    leader.from(B, heartbeatReply(2, sent, 2, 2));
    leader.restart(B, 777);
    leader.elapse(100);
    leader.from(B, heartbeatReply(2, sent - MILLI, 2, 2));
    assertThat(leadership(leader).quorumSentNanos()).isEqualTo(sent);
  }
}

package io.pekkoraft.role;

import static io.pekkoraft.role.RoleUnderTest.A;
import static io.pekkoraft.role.RoleUnderTest.B;
import static io.pekkoraft.role.RoleUnderTest.terms;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.message.Bytes;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.message.PeerMessage.ForwardProposal;
import io.pekkoraft.message.PeerMessage.ForwardReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import org.junit.jupiter.api.Test;

/** A request that another member forwards takes effect once at most, whatever the network does. */
class ForwardingTest {
  private static final ForwardProposal FORWARD =
      new ForwardProposal(1, 1, new Bytes(new byte[] {1}));

  @Test
  void a_duplicated_request_is_appended_once() {
    RoleUnderTest node = RoleUnderTest.leader(1);
    long before = node.state().log().lastIndex();
    node.from(B, FORWARD);
    node.from(B, FORWARD);

    assertThat(node.state().log().lastIndex()).isEqualTo(before + 1);
  }

  @Test
  void a_request_that_was_refused_as_not_done_is_not_done_by_its_late_duplicate() {
    RoleUnderTest node = RoleUnderTest.follower(1, terms(1));
    node.from(B, FORWARD);
    assertThat(node.lastTo(B, ForwardReply.class).outcome()).isInstanceOf(Outcome.NotLeader.class);

    node.win();
    long before = node.state().log().lastIndex();
    node.from(B, FORWARD);

    assertThat(node.state().log().lastIndex()).isEqualTo(before);
  }

  @Test
  void a_request_whose_duplicate_comes_after_the_leadership_is_not_called_not_done() {
    RoleUnderTest node = RoleUnderTest.leader(1);
    node.from(B, FORWARD);
    node.from(B, new Heartbeat(node.state().term() + 1, 0, 0, 0)); // deposed
    node.from(B, FORWARD);

    assertThat(node.sentTo(B, ForwardReply.class))
        .extracting(ForwardReply::outcome)
        .singleElement()
        .isInstanceOf(Outcome.Indeterminate.class);
  }

  @Test
  void requests_that_overtake_each_other_are_all_taken() {
    RoleUnderTest node = RoleUnderTest.leader(1);
    long before = node.state().log().lastIndex();
    for (long id : new long[] {5, 3, 4, 1, 2, 200, 6}) {
      node.from(B, new ForwardProposal(1, id, new Bytes(new byte[] {1})));
    }

    assertThat(node.state().log().lastIndex()).isEqualTo(before + 7);
  }

  @Test
  void a_new_life_of_the_client_begins_to_count_anew() {
    RoleUnderTest node = RoleUnderTest.leader(1);
    long before = node.state().log().lastIndex();
    node.from(B, FORWARD);
    node.restart(B, 777);
    node.from(B, FORWARD);
    node.restart(B, 100);
    node.from(B, FORWARD); // the duplicate of the first

    assertThat(node.state().log().lastIndex()).isEqualTo(before + 2);
  }

  @Test
  void a_former_leader_does_not_name_itself_as_the_leader() {
    RoleUnderTest node = RoleUnderTest.leader(1);
    node.elapse(2_000);
    node.fire(Timeout.HEARTBEAT); // no majority answered
    node.forgetSent();
    node.from(B, FORWARD);

    assertThat(node.lastTo(B, ForwardReply.class).outcome())
        .isEqualTo(new Outcome.NotLeader(null))
        .isNotEqualTo(new Outcome.NotLeader(A));
  }
}

package io.pekkoraft.role;

import static io.pekkoraft.role.RoleUnderTest.B;
import static io.pekkoraft.role.RoleUnderTest.terms;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.HeartbeatReply;
import io.pekkoraft.message.PeerMessage.OtherLife;
import org.junit.jupiter.api.Test;

/** Who a peer is now, when its messages of before and after a restart arrive in any order. */
class PeerLivesTest {
  private final RoleUnderTest node = RoleUnderTest.follower(1, terms(1));

  @Test
  void a_late_message_of_an_earlier_life_does_not_silence_the_present_one() {
    node.restart(B, 200);
    node.from(B, new Heartbeat(1, 0, 1, 0));
    node.restart(B, 100); // sent before the restart, and never heard of until now
    node.from(B, new Heartbeat(1, 0, 0, 0));

    node.restart(B, 200);
    node.forgetSent();
    node.from(B, new Heartbeat(1, 0, 2, 0));

    assertThat(node.sentOf(HeartbeatReply.class)).hasSize(1);
    assertThat(node.sentOf(HeartbeatReply.class).get(0).header().toLife()).isEqualTo(200);
  }

  @Test
  void a_message_to_an_earlier_life_of_this_node_is_answered_with_the_present_one() {
    Header header = node.headerFrom(B);
    node.deliver(
        new Envelope(
            new Header(header.group(), B, 1, 100, header.to(), 1, 77), new Heartbeat(5, 0, 0, 0)));

    assertThat(node.state().term()).isEqualTo(1);
    assertThat(node.sentOf(OtherLife.class)).hasSize(1);
  }

  @Test
  void a_data_directory_that_was_replaced_does_not_tell_where_its_successor_lives() {
    node.restart(B, 200);
    node.from(B, new Heartbeat(1, 0, 1, 0));
    Header header = node.headerFrom(B);
    node.deliver(
        new Envelope(
            new Header(header.group(), B, 9, 300, header.to(), 1, 77), new Heartbeat(1, 0, 0, 0)));

    assertThat(node.runtime.lifeOf(B)).isEqualTo(200);
  }

  @Test
  void strangers_cannot_fill_the_memory() {
    PeerLives lives = new PeerLives();
    for (int i = 0; i < 10_000; i++) {
      lives.heard(io.pekkoraft.log.NodeId.of("stranger-" + i), i + 1);
    }

    assertThat(lives.size()).isLessThanOrEqualTo(64);
  }
}

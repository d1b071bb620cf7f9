package io.pekkoraft.role;

import static io.pekkoraft.role.RoleUnderTest.A;
import static io.pekkoraft.role.RoleUnderTest.B;
import static io.pekkoraft.role.RoleUnderTest.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.HeartbeatReply;
import io.pekkoraft.message.PeerMessage.VoteReply;
import io.pekkoraft.message.VoteVerdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Figure 2: "updated on stable storage before responding". */
class OutboxTest {
  private static final PeerMessage ACKNOWLEDGED_5 = new AppendReply(3, 0, true, 4, 5, 0);
  private static final PeerMessage ACKNOWLEDGED_7 = new AppendReply(3, 0, true, 6, 7, 0);
  private static final PeerMessage REFUSED = new AppendReply(3, 0, false, 9, 7, 1);

  private final Outbox outbox = new Outbox();

  private void say(PeerMessage message, long recorded, long durable) {
    outbox.add(new Envelope(new Header(GROUP, A, 1, 1, B, 1, 1), message), recorded, durable);
  }

  private List<PeerMessage> left() {
    List<PeerMessage> left = new ArrayList<>();
    outbox.flush(envelope -> left.add(envelope.message()));
    return left;
  }

  @Test
  void a_promise_waits_for_all_that_was_recorded_before_it_and_nothing_else_waits() {
    PeerMessage heartbeat = new HeartbeatReply(3, 0, 0, 0);
    say(ACKNOWLEDGED_5, 2, 0);
    say(heartbeat, 2, 0);
    say(REFUSED, 2, 0);
    assertThat(left()).containsExactly(heartbeat, REFUSED);
    outbox.durable(1);
    assertThat(left()).isEmpty();
    outbox.durable(2);
    assertThat(left()).containsExactly(ACKNOWLEDGED_5);
    assertThat(left()).isEmpty();
  }

  @Test
  void a_promise_whose_entries_were_truncated_is_dropped() {
    say(ACKNOWLEDGED_5, 1, 0);
    say(ACKNOWLEDGED_7, 1, 0);
    outbox.truncatedFrom(6);
    outbox.durable(1);
    assertThat(left()).containsExactly(ACKNOWLEDGED_5);
  }

  @Test
  void a_promise_of_an_earlier_term_is_dropped() {
    PeerMessage vote = new VoteReply(4, VoteVerdict.GRANT);
    say(ACKNOWLEDGED_5, 1, 0);
    say(vote, 1, 0);
    outbox.termAdvanced(4);
    outbox.durable(1);
    assertThat(left()).containsExactly(vote);
  }

  @Test
  void a_failed_node_says_nothing_more() {
    say(ACKNOWLEDGED_5, 1, 0);
    say(REFUSED, 1, 0);
    outbox.clear();
    outbox.durable(1);
    assertThat(left()).isEmpty();
  }
}

package io.pekkoraft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftStatus.Role;
import io.pekkoraft.codec.EnvelopeSerializer;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.message.PeerMessage.PreVoteRequest;
import io.pekkoraft.message.PeerMessage.VoteReply;
import io.pekkoraft.message.PeerMessage.VoteRequest;
import io.pekkoraft.message.VoteVerdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * One node against a script: the test is the network, the disk, the clock and all other members.
 */
class NodeUnderTestTest {
  private static final LogPosition EMPTY = LogPosition.ZERO;

  private final NodeUnderTest node =
      NodeUnderTest.of(RaftTestKit.SETTINGS, new Random(7), "a", "b", "c");

  private void timeOut() {
    node.elapse(Duration.ofSeconds(3));
    node.fire(Timeout.ELECTION);
  }

  private void becomeCandidate() {
    timeOut();
    PreVoteRequest asked = node.sentTo("b", PreVoteRequest.class).get(0);
    node.hear("b", new PreVoteReply(asked.term(), asked.round(), VoteVerdict.GRANT));
  }

  private void becomeLeader() {
    becomeCandidate();
    node.persistAll();
    node.hear("b", new VoteReply(node.term(), VoteVerdict.GRANT));
    node.persistAll();
  }

  @Test
  void a_vote_leaves_only_when_it_is_on_disk() {
    node.recover();
    node.elapse(Duration.ofSeconds(3));
    node.hear("b", new VoteRequest(4, EMPTY, 0));
    assertThat(node.vote()).isEqualTo(NodeId.of("b"));
    assertThat(node.sentTo("b", VoteReply.class)).isEmpty();
    assertThat(node.durableHardState()).isEqualTo(HardState.INITIAL);
    node.persist();
    assertThat(node.sentTo("b", VoteReply.class))
        .containsExactly(new VoteReply(4, VoteVerdict.GRANT));
    assertThat(node.durableHardState()).isEqualTo(new HardState(4, NodeId.of("b")));
  }

  @Test
  void a_crash_before_the_write_ended_takes_the_vote_back_and_one_after_keeps_it() {
    node.recover();
    node.elapse(Duration.ofSeconds(3));
    node.hear("b", new VoteRequest(4, EMPTY, 0));
    node.crash();
    node.recover();
    assertThat(node.vote()).isNull();
    node.elapse(Duration.ofSeconds(3));
    node.hear("c", new VoteRequest(4, EMPTY, 0));
    node.persist();
    node.crash();
    node.recover();
    assertThat(node.vote()).isEqualTo(NodeId.of("c"));
    assertThat(node.durableBatches()).hasSize(1);
  }

  @Test
  void a_timer_fires_when_the_test_says_so() {
    node.recover();
    assertThat(node.timers()).containsOnlyKeys(Timeout.ELECTION);
    assertThatThrownBy(() -> node.fire(Timeout.HEARTBEAT))
        .hasMessageContaining("HEARTBEAT is not armed; armed are {ELECTION=");
    timeOut();
    assertThat(node.role()).isEqualTo(Role.PRE_CANDIDATE);
    assertThat(node.writing()).isNull();
  }

  @Test
  void a_whole_write_is_scripted_step_by_step() {
    node.recover();
    becomeLeader();
    assertThat(node.role()).isEqualTo(Role.LEADER);
    AppendEntries first = node.sentTo("b", AppendEntries.class).get(0);
    node.hear("b", reply(first, 1));
    node.apply(entry -> new byte[0]);
    assertThat(node.leadership()).isNotNull();

    List<Outcome> outcomes = new ArrayList<>();
    node.propose(new byte[] {9}, outcomes::add);
    assertThat(node.commitIndex()).isEqualTo(1);
    assertThat(Objects.requireNonNull(node.writing()).entries().get(0).payload())
        .containsExactly(9);
    List<AppendEntries> sent = node.sentTo("b", AppendEntries.class);
    node.hear("b", reply(sent.get(sent.size() - 1), 2));
    assertThat(node.commitIndex()).as("b has it, its own disk has not").isEqualTo(1);
    node.persist();
    assertThat(node.commitIndex()).isEqualTo(2);
    assertThat(outcomes).isEmpty();
    node.apply(entry -> new byte[] {7});
    assertThat(node.appliedIndex()).isEqualTo(2);
    assertThat(((Outcome.Committed) outcomes.get(0)).result()).containsExactly(7);
  }

  private AppendReply reply(AppendEntries append, long index) {
    return new AppendReply(
        append.term(), append.sentNanos(), true, append.slice().previous().index(), index, 0);
  }

  @Test
  void a_write_that_fails_ends_its_part_in_the_group() {
    node.recover();
    becomeCandidate();
    node.failWrite(true, new IOException("no space left"));
    assertThat(node.role()).isEqualTo(Role.FAILED);
    assertThat(node.durableHardState().term()).isEqualTo(1);
    assertThatThrownBy(node::persist).hasMessage("nothing is being written");
  }

  @Test
  void a_message_comes_as_bytes_too() {
    node.recover();
    node.elapse(Duration.ofSeconds(3));
    EnvelopeSerializer codec = new EnvelopeSerializer();
    Envelope envelope = new Envelope(node.headerFrom("b"), new VoteRequest(4, EMPTY, 0));
    node.hearBytes(codec.manifest(envelope), codec.toBinary(envelope));
    assertThat(node.term()).isEqualTo(4);
  }

  @Test
  void what_is_put_on_its_disk_is_what_it_recovers() {
    node.put(new LogBatch(new HardState(5, null), null, 0, List.of()));
    assertThatThrownBy(node::state).hasMessageContaining("a does not run");
    node.recover();
    assertThat(node.term()).isEqualTo(5);
    assertThatThrownBy(node::recover).hasMessageContaining("runs already");
  }
}

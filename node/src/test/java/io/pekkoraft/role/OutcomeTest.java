package io.pekkoraft.role;

import static io.pekkoraft.role.RoleUnderTest.B;
import static io.pekkoraft.role.RoleUnderTest.C;
import static io.pekkoraft.role.RoleUnderTest.slice;
import static io.pekkoraft.role.RoleUnderTest.terms;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.message.ClientRequest;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.message.NodeCommand.Proposals;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.ForwardProposal;
import io.pekkoraft.message.PeerMessage.ForwardReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a client is told: "not done" is certain, and a result is that of its own entry. */
class OutcomeTest {

  static final class Request implements ClientRequest {
    final byte[] command;
    final List<Outcome> outcomes = new ArrayList<>();
    private final long onlyInTerm;
    boolean mayTakeEffect;

    Request(int bytes) {
      this(bytes, 0);
    }

    Request(int bytes, long onlyInTerm) {
      command = new byte[bytes];
      this.onlyInTerm = onlyInTerm;
    }

    @Override
    public long onlyInTerm() {
      return onlyInTerm;
    }

    @Override
    public byte[] command() {
      return command;
    }

    @Override
    public boolean mayTakeEffect() {
      mayTakeEffect = !isDone();
      return mayTakeEffect;
    }

    @Override
    public boolean isDone() {
      return !outcomes.isEmpty();
    }

    @Override
    public void complete(Outcome outcome) {
      outcomes.add(outcome);
    }
  }

  static Request propose(RoleUnderTest node, int bytes) {
    Request request = new Request(bytes);
    node.deliver(new Proposals(List.of(request)));
    return request;
  }

  @Test
  void without_a_leader_nothing_is_done() {
    RoleUnderTest recovering = new RoleUnderTest(RoleUnderTest.SETTINGS, 0, "a", "b", "c");
    assertThat(propose(recovering, 1).outcomes)
        .singleElement()
        .isInstanceOf(Outcome.NoLeader.class);

    Request request = propose(RoleUnderTest.follower(1), 1);
    assertThat(request.outcomes).singleElement().isInstanceOf(Outcome.NoLeader.class);
    assertThat(request.mayTakeEffect).isFalse();
  }

  @Test
  void a_follower_hands_it_to_the_leader_that_it_hears() {
    RoleUnderTest node = RoleUnderTest.follower(1);
    node.from(B, new Heartbeat(1, 0, 0, 0));
    Request request = propose(node, 1);
    long id = node.lastTo(B, ForwardProposal.class).requestId();
    assertThat(request.mayTakeEffect).isTrue();
    node.from(B, new ForwardReply(1, id, new Outcome.Committed(7, new byte[0])));
    node.from(B, new ForwardReply(1, id, new Outcome.NotLeader(null))); // a late duplicate

    assertThat(request.outcomes).singleElement().isInstanceOf(Outcome.Committed.class);
  }

  @Test
  void a_command_that_is_too_large_is_refused_everywhere() {
    RoleUnderTest node = RoleUnderTest.follower(1);
    node.from(B, new Heartbeat(1, 0, 0, 0));
    assertThat(propose(node, 70_000).outcomes).containsExactly(new Outcome.TooLarge(1 << 16));
    assertThat(propose(ReplicationTest.caughtUp(), 70_000).outcomes)
        .containsExactly(new Outcome.TooLarge(1 << 16));
  }

  @Test
  void a_leader_without_its_quorum_takes_no_more() {
    RoleUnderTest leader = ReplicationTest.caughtUp();
    long last = leader.state().log().lastIndex();
    leader.elapse(819); // past the lease, before it gives up
    Request request = propose(leader, 1);
    assertThat(request.outcomes).singleElement().isInstanceOf(Outcome.NoLeader.class);
    assertThat(leader.state().log().lastIndex()).isEqualTo(last);
  }

  @Test
  void what_is_not_yet_committed_has_a_limit() {
    RoleUnderTest leader = ReplicationTest.caughtUp();
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      requests.add(propose(leader, 60_000));
    }
    long taken = requests.stream().filter(request -> request.outcomes.isEmpty()).count();
    assertThat(taken * 60_000).isLessThanOrEqualTo(1 << 20);
    assertThat(requests.get(39).outcomes).singleElement().isInstanceOf(Outcome.Overloaded.class);
    assertThat(requests.get(39).mayTakeEffect).isFalse();

    leader.persistAll();
    for (int i = 0; i < 40; i++) {
      ReplicationTest.accept(leader, B);
    }
    assertThat(leader.state().commitIndex()).isEqualTo(leader.state().log().lastIndex());
    assertThat(propose(leader, 60_000).outcomes).isEmpty(); // the account is even again
  }

  @Test
  void a_request_goes_to_the_state_machine_with_its_own_entry() {
    RoleUnderTest leader = ReplicationTest.caughtUp();
    Request first = propose(leader, 1);
    Request second = propose(leader, 2);
    ReplicationTest.accept(leader, B);
    leader.persistAll();
    ReplicationTest.accept(leader, B);

    int at = leader.ports.appliedRequests.indexOf(first);
    assertThat(leader.ports.applied.get(at).payload()).hasSize(1);
    assertThat(leader.ports.appliedRequests.indexOf(second)).isEqualTo(at + 1);
    assertThat(leader.ports.applied.get(at + 1).payload()).hasSize(2);
  }

  @Test
  void a_request_whose_index_another_entry_took_is_indeterminate_and_answered_once() { // R17
    RoleUnderTest leader = ReplicationTest.caughtUp(); // term 2, log 1 2
    Request request = propose(leader, 1);
    leader.from(C, new AppendEntries(3, slice(terms(1, 3, 3), 1, 1), 0, 0, 0));
    assertThat(request.outcomes).singleElement().isInstanceOf(Outcome.Indeterminate.class);

    leader.from(C, new Heartbeat(3, 3, 0, 0));
    assertThat(leader.ports.appliedRequests).doesNotContain(request);
    assertThat(request.outcomes).hasSize(1);
  }

  @Test
  void a_failed_node_says_what_is_certain_and_no_more() {
    RoleUnderTest leader = ReplicationTest.caughtUp();
    Request appended = propose(leader, 1);
    leader.deliver(new NodeCommand.StorageFailed(new IllegalStateException("disk")));
    assertThat(appended.outcomes).singleElement().isInstanceOf(Outcome.Indeterminate.class);
    assertThat(propose(leader, 1).outcomes)
        .singleElement()
        .isInstanceOf(Outcome.MemberFailed.class);

    leader.forgetSent();
    leader.deliver(new NodeCommand.Persisted(leader.ports.writes.size()));
    assertThat(leader.sent()).isEmpty();
  }

  @Test
  void a_request_that_its_deadline_has_answered_is_not_appended() {
    RoleUnderTest leader = ReplicationTest.caughtUp();
    long last = leader.state().log().lastIndex();
    Request late = new Request(1);
    late.complete(new Outcome.TimedOut(java.time.Duration.ofSeconds(1)));
    leader.deliver(new Proposals(List.of(late)));
    assertThat(leader.state().log().lastIndex()).isEqualTo(last);
  }

  @Test
  void a_leader_appends_what_is_for_one_term_in_that_term_only() {
    RoleUnderTest leader = ReplicationTest.caughtUp();
    long term = leader.state().term();
    long last = leader.state().log().lastIndex();
    Request past = new Request(1, term - 1);
    Request future = new Request(1, term + 1);
    Request present = new Request(2, term);
    leader.deliver(new Proposals(List.of(past, future, present)));

    assertThat(past.outcomes).containsExactly(new Outcome.NotLeader(leader.runtime.self()));
    assertThat(future.outcomes).containsExactly(new Outcome.NotLeader(leader.runtime.self()));
    assertThat(past.mayTakeEffect || future.mayTakeEffect).isFalse();
    assertThat(present.outcomes).isEmpty();
    assertThat(leader.state().log().lastIndex()).isEqualTo(last + 1);
    assertThat(leader.state().log().entry(last + 1).payload()).hasSize(2);
  }

  @Test
  void a_follower_hands_nothing_on_that_is_for_one_term() {
    RoleUnderTest node = RoleUnderTest.follower(1);
    node.from(B, new Heartbeat(1, 0, 0, 0));
    Request request = new Request(1, 1);
    node.deliver(new Proposals(List.of(request)));

    assertThat(request.outcomes).containsExactly(new Outcome.NotLeader(B));
    assertThat(node.sentOf(ForwardProposal.class)).isEmpty();
  }

  @Test
  void a_handler_that_throws_sends_and_writes_nothing() {
    RoleUnderTest node = RoleUnderTest.follower(1, terms(1));
    node.from(B, new Heartbeat(1, 0, 0, 0));
    node.forgetSent();
    node.deliver(
        new Proposals(
            () -> {
              throw new IllegalStateException("the gate broke");
            }));
    assertThat(node.kind()).isEqualTo(io.pekkoraft.api.RaftStatus.Role.FAILED);
    assertThat(node.sent()).isEmpty();
    assertThat(node.ports.writes).isEmpty();
  }
}

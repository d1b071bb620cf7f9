package io.pekkoraft.testkit;

import static io.pekkoraft.api.RaftStatus.Role.CANDIDATE;
import static io.pekkoraft.api.RaftStatus.Role.FOLLOWER;
import static io.pekkoraft.api.RaftStatus.Role.LEADER;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.TransferOutcome;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.TimeoutNow;
import io.pekkoraft.message.PeerMessage.VoteRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Leadership transfers: graceful ones, late ones, and ones that fail (thesis 3.10). */
@ExtendWith(PictureExtension.class)
class TransferScenarioTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private Cluster cluster = Cluster.of(3);
  private String leader = "";
  private String target = "";
  private String third = "";

  private void started(int size) {
    cluster = Cluster.of(size);
    leader = cluster.awaitLeader();
    cluster.elapse(1_000); // voters are old enough to remember whom they heard
    cluster.commit(leader);
    cluster.awaitConverged();
    target = cluster.others(leader).get(0);
    third = cluster.others(leader).get(1);
  }

  private static TransferOutcome.Transferred transferred(TransferOperation operation) {
    assertThat(operation.outcome()).isInstanceOf(TransferOutcome.Transferred.class);
    return (TransferOutcome.Transferred) Objects.requireNonNull(operation.outcome());
  }

  private boolean leads(String name) {
    Leadership leadership = cluster.node(name).running().leadership();
    return leadership != null && leadership.holds(cluster.node(name).localNanos());
  }

  /** Proposes through every member in turn, one each millisecond. */
  private List<Operation> load(int millis) {
    List<Operation> operations = new ArrayList<>();
    List<SimulatedNode> nodes = cluster.simulation().nodes();
    for (int i = 0; i < millis; i++) {
      operations.add(
          cluster.simulation().propose(nodes.get(i % nodes.size()), 16, Duration.ofSeconds(3)));
      cluster.elapse(1);
    }
    return operations;
  }

  @Test
  void a_graceful_transfer_takes_two_and_a_half_round_trips_and_a_flush() {
    started(3);
    long begun = cluster.simulation().nowNanos();
    TransferOperation operation = cluster.transfer(leader, target);
    cluster.elapse(0);
    assertThat(leads(leader)).isFalse();
    cluster.await("the target leads", SECOND, () -> cluster.role(target) == LEADER);
    long roundTrip = 2_000_000;
    long flush = 300_000;
    assertThat(cluster.simulation().nowNanos() - begun).isLessThan(5 * roundTrip / 2 + flush);
    cluster.await("the lease is back", SECOND, () -> leads(target));
    assertThat(cluster.node(target).running().leadership())
        .matches(leadership -> leadership != null && leadership.byTransfer());
    assertThat(transferred(operation).leader()).isEqualTo(NodeId.of(target));
  }

  @Test
  void no_request_fails_however_often_the_leadership_moves_under_load() {
    for (int size : List.of(3, 5)) {
      started(size);
      List<Operation> operations = new ArrayList<>(load(20));
      for (int move = 0; move < 30; move++) {
        SimulatedNode from = cluster.node(cluster.awaitLeader());
        TransferOperation operation = cluster.simulation().transfer(from, null, SECOND);
        operations.addAll(load(40));
        assertThat(transferred(operation).leader()).isNotEqualTo(from.id());
      }
      cluster.elapse(200);
      assertThat(operations).allMatch(o -> o.outcome() instanceof Outcome.Committed);
      cluster.awaitConverged();
    }
  }

  @Test
  void to_a_dead_target_it_is_aborted_and_what_waited_is_done() {
    started(3);
    cluster.crash(target);
    TransferOperation operation = cluster.transfer(leader, target);
    cluster.elapse(0);
    List<Operation> waiting = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      waiting.add(cluster.propose(i % 2 == 0 ? leader : third));
      cluster.elapse(1);
    }
    assertThat(waiting).allMatch(o -> o.outcome() == null);
    cluster.elapse(1_000);
    assertThat(operation.outcome()).isInstanceOf(TransferOutcome.Aborted.class);
    assertThat(cluster.role(leader)).isEqualTo(LEADER);
    assertThat(leads(leader)).isTrue();
    assertThat(waiting).allMatch(o -> o.outcome() instanceof Outcome.Committed);
  }

  @Test
  void a_lease_that_is_being_given_away_is_no_lease_and_comes_back_in_time() { // L04
    started(3);
    cluster.transfer(leader, target);
    cluster.elapse(0);
    assertThat(leads(leader)).isFalse();
    cluster.crash(target);
    for (int i = 0; i < 100 && !leads(leader); i++) {
      cluster.elapse(100);
    }
    assertThat(leads(leader)).isTrue();
    assertThat(cluster.simulation().nowNanos()).isLessThan(Duration.ofSeconds(20).toNanos());
    cluster.commit(leader);
  }

  @Test
  void an_order_of_an_earlier_term_is_ignored() { // E19
    started(3);
    cluster.hold(TimeoutNow.class);
    cluster.transfer(leader, target);
    cluster.elapse(10);
    cluster.isolate(leader);
    String next = cluster.awaitLeaderAmong(cluster.others(leader));
    cluster.heal();
    cluster.elapse(10_000);
    long term = cluster.highestTerm();
    cluster.release(TimeoutNow.class, leader, target);
    cluster.elapse(5_000);
    assertThat(cluster.role(next)).isEqualTo(LEADER);
    assertThat(cluster.highestTerm()).isEqualTo(term);
  }

  @Test
  void an_order_of_a_transfer_that_was_aborted_is_ignored() { // E19, same term
    started(3);
    cluster.hold(TimeoutNow.class);
    TransferOperation operation = cluster.transfer(leader, target);
    cluster.elapse(1_200);
    assertThat(operation.outcome()).isInstanceOf(TransferOutcome.Aborted.class);
    assertThat(leads(leader)).isTrue();
    long term = cluster.highestTerm();
    cluster.release(TimeoutNow.class, leader, target);
    cluster.elapse(5_000);
    assertThat(cluster.role(leader)).isEqualTo(LEADER);
    assertThat(cluster.role(target)).isEqualTo(FOLLOWER);
    assertThat(cluster.highestTerm()).isEqualTo(term);
  }

  @Test
  void a_target_that_missed_the_abort_gets_no_vote_of_those_that_heard_it() {
    started(5);
    cluster.hold(TimeoutNow.class);
    TransferOperation operation =
        cluster
            .simulation()
            .transfer(cluster.node(leader), NodeId.of(target), Duration.ofMillis(200));
    cluster.elapse(10);
    cluster.cut(leader, target);
    cluster.elapse(300);
    assertThat(operation.outcome()).isInstanceOf(TransferOutcome.Aborted.class);
    assertThat(leads(leader)).isTrue();
    cluster.release(TimeoutNow.class, leader, target);
    assertThat(cluster.role(target)).isEqualTo(CANDIDATE);
    cluster.elapse(100);
    assertThat(cluster.role(target)).isEqualTo(CANDIDATE);
    assertThat(leads(leader)).isTrue();
    cluster.heal();
    cluster.awaitConverged();
  }

  @Test
  void a_heartbeat_from_before_the_abort_does_not_bring_the_transfer_back() {
    started(5);
    cluster.hold(TimeoutNow.class);
    cluster.simulation().transfer(cluster.node(leader), NodeId.of(target), Duration.ofMillis(300));
    cluster.elapse(10);
    cluster.holdFrom(Heartbeat.class, leader);
    cluster.elapse(110); // these name the transfer, and are late
    List<String> voters = cluster.others(leader, target);
    cluster.holdNoMore();
    cluster.cut(leader, target);
    cluster.elapse(300);
    assertThat(leads(leader)).isTrue();
    voters.forEach(voter -> cluster.release(Heartbeat.class, leader, voter));
    cluster.release(TimeoutNow.class, leader, target);
    cluster.elapse(100);
    assertThat(cluster.sent(target, VoteRequest.class)).isNotEmpty();
    assertThat(cluster.role(target)).isEqualTo(CANDIDATE);
    assertThat(leads(leader)).isTrue();
  }

  @Test
  void a_target_that_restarts_meanwhile_costs_an_abort_and_no_election() {
    started(3);
    long term = cluster.highestTerm();
    cluster.hold(TimeoutNow.class);
    TransferOperation operation = cluster.transfer(leader, target);
    cluster.elapse(5);
    cluster.crash(target);
    cluster.start(target);
    cluster.elapse(5);
    cluster.releaseAll();
    cluster.elapse(1_200);
    assertThat(operation.outcome()).isInstanceOf(TransferOutcome.Aborted.class);
    assertThat(cluster.highestTerm()).isEqualTo(term);
    assertThat(leads(leader)).isTrue();
    assertThat(cluster.role(third)).isEqualTo(FOLLOWER);
  }
}

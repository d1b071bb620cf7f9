package io.pekkoraft.testkit;

import static io.pekkoraft.api.RaftStatus.Role.LEADER;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.TransferOutcome;
import io.pekkoraft.log.NodeId;
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

  private void started(int size) {
    cluster = Cluster.of(size);
    leader = cluster.awaitLeader();
    cluster.elapse(1_000); // voters are old enough to remember whom they heard
    cluster.commit(leader);
    cluster.awaitConverged();
    target = cluster.others(leader).get(0);
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
}

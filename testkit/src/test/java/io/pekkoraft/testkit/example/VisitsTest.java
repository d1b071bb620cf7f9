package io.pekkoraft.testkit.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pekkoraft.testkit.Cluster;
import io.pekkoraft.testkit.Determinism;
import io.pekkoraft.testkit.DeterminismViolation;
import io.pekkoraft.testkit.InvariantViolation;
import io.pekkoraft.testkit.RaftTestKit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A state machine that reads a clock is found, alone and in a cluster. */
class VisitsTest {

  // docs: begin found
  @Test
  void a_clock_in_the_state_is_found() {
    List<byte[]> visitors = List.of("ann".getBytes(UTF_8), "bob".getBytes(UTF_8));
    DeterminismViolation found =
        catchThrowableOfType(
            DeterminismViolation.class, () -> Determinism.check(Visits::new, visitors));
    assertThat(found.index()).isEqualTo(1);
    assertThat(found)
        .hasMessageContaining("not deterministic at command 1 of 2, \"ann\"")
        .hasMessageContaining("the state of a second instance, in turns with the first differs");
  }

  @Test
  void a_cluster_finds_it_too() {
    Cluster cluster = RaftTestKit.of(Visits::new).start();
    String leader = cluster.awaitLeader();
    InvariantViolation found =
        catchThrowableOfType(
            InvariantViolation.class,
            () -> {
              cluster.call(leader, "ann".getBytes(UTF_8));
              cluster.awaitConverged();
            });
    assertThat(found.invariant()).isEqualTo("I5 all state machines agree");
  }
  // docs: end
}

package io.pekkoraft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.quality.QualityFigures;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Every undirected graph of the links between five members, 1,024 of them, put in place for a
 * minute while a leader leads. Where it keeps a quorum, nothing happens to it: it leads on in its
 * term and commits in each second (L7). Where it does not, no promise is made but that of safety,
 * and that all is well again when the links are (L1 to L5).
 */
class EveryPartialPartitionTest {
  private static final int MEMBERS = 5;
  private static final int LINKS = MEMBERS * (MEMBERS - 1) / 2;
  private static final int SECONDS = 60;

  /** One for all: until the links are cut, all runs are the same, and so is the leader. */
  private static final long SEED = 1;

  private int undisturbed;
  private int lost;

  @Test
  void no_partial_partition_disturbs_a_leader_that_keeps_a_quorum() throws IOException {
    for (int graph = 0; graph < 1 << LINKS; graph++) {
      play(graph);
    }
    QualityFigures.of("Stable partial partitions")
        .add("undirected graphs on five members", undisturbed + lost)
        .add("in which the leader keeps a quorum", undisturbed)
        .add("seconds of each, with writes", SECONDS)
        .add("changes of leaders in them", 0)
        .write();
    assertThat(undisturbed + lost).isEqualTo(1024);
    assertThat(undisturbed).as("the leader has two links or more of four").isEqualTo(704);
  }

  private void play(int graph) {
    Simulation simulation =
        new Simulation(MEMBERS, Cluster.SETTINGS, 0, SEED, "the graph of links " + graph);
    simulation.nodes().forEach(SimulatedNode::start);
    assertThat(
            simulation.await(
                () -> simulation.nodes().stream().anyMatch(SimulatedNode::isLeader),
                Cluster.ELECTION_LIMIT))
        .isTrue();
    SimulatedNode leader =
        simulation.nodes().stream().filter(SimulatedNode::isLeader).findFirst().orElseThrow();
    PartialPartition partition = new PartialPartition(simulation, graph);
    partition.holds(leader, 1);
    int kept = 0;
    int link = 0;
    for (SimulatedNode one : simulation.nodes()) {
      for (SimulatedNode other : simulation.nodes().subList(one.index() + 1, MEMBERS)) {
        if ((graph >> link++ & 1) == 0) {
          simulation.network().cut(one.index(), other.index());
        } else if (one == leader || other == leader) {
          kept++;
        }
      }
    }
    if (kept + 1 >= simulation.configuration().quorum()) {
      partition.holds(leader, SECONDS);
      undisturbed++;
    } else {
      simulation.elapse(Duration.ofSeconds(SECONDS));
      simulation.network().healAll();
      new Recovery(simulation).check(() -> {});
      lost++;
    }
  }
}

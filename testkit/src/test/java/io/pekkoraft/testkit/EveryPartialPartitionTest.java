package io.pekkoraft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.quality.QualityFigures;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

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
      play(MEMBERS, graph, false);
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

  /** One way and the other are links of their own; 4,096 graphs, too many for every build. */
  @Test
  @EnabledIfSystemProperty(named = "raft.directed", matches = "true")
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void no_one_way_cut_disturbs_a_leader_that_keeps_a_quorum_both_ways() {
    for (int graph = 0; graph < 1 << 12; graph++) {
      play(4, graph, true);
    }
    QualityFigures.of("Stable one-way partitions")
        .add("directed graphs on four members", undisturbed + lost)
        .add("in which the leader keeps a quorum, both ways", undisturbed)
        .add("seconds of each, with writes", SECONDS)
        .add("changes of leaders in them", 0)
        .write();
    assertThat(undisturbed + lost).isEqualTo(4096);
    assertThat(undisturbed).as("two or three of three links, both ways").isEqualTo(64 * 10);
  }

  private void play(int members, int graph, boolean directed) {
    Simulation simulation =
        new Simulation(members, Cluster.SETTINGS, 0, SEED, "the graph of links " + graph);
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
    cut(simulation, graph, directed);
    if (kept(simulation, leader) + 1 >= simulation.configuration().quorum()) {
      partition.holds(leader, SECONDS);
      undisturbed++;
    } else {
      simulation.elapse(Duration.ofSeconds(SECONDS));
      simulation.network().healAll();
      new Recovery(simulation).check(() -> {});
      lost++;
    }
  }

  /** A bit for each link that is left: for both directions of a pair, or for each. */
  private static void cut(Simulation simulation, int graph, boolean directed) {
    int link = 0;
    for (SimulatedNode one : simulation.nodes()) {
      for (SimulatedNode other : simulation.nodes()) {
        if (other.index() > one.index() || (directed && other != one)) {
          if ((graph >> link++ & 1) == 0) {
            simulation.network().cutOneWay(one.index(), other.index());
            if (!directed) {
              simulation.network().cutOneWay(other.index(), one.index());
            }
          }
        }
      }
    }
  }

  /** How many others the leader hears, and is heard by. */
  private static int kept(Simulation simulation, SimulatedNode leader) {
    int kept = 0;
    for (SimulatedNode other : simulation.nodes()) {
      boolean cut =
          simulation.network().link(leader.index(), other.index()).cut
              || simulation.network().link(other.index(), leader.index()).cut;
      kept += other != leader && !cut ? 1 : 0;
    }
    return kept;
  }
}

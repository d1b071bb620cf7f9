package io.pekkoraft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.quality.QualityFigures;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Every undirected graph of the links between five members, 1,024 of them, put in place for a
 * minute while a leader leads. Where it keeps a quorum, nothing happens to it: it leads on in its
 * term and commits in each second (L7). Where it does not, and another can win, that one leads in
 * time and goes on (L1, L2, L7): once while all logs are the same, and once with a command that the
 * leader could bring to one other at most. Where nobody can win, no promise is made but that of
 * safety. When the links are well again, all is (L1 to L5).
 */
class EveryPartialPartitionTest {
  private static final int MEMBERS = 5;
  private static final int LINKS = MEMBERS * (MEMBERS - 1) / 2;
  private static final int SECONDS = 60;

  /** One for all: until the links are cut, all runs are the same, and so is the leader. */
  private static final long SEED = 1;

  /** Enough for a command to be wherever it can get, and too short for an election. */
  private static final Duration ON_ITS_WAY = Duration.ofMillis(100);

  private int undisturbed;
  private int lost;
  private int followed;
  private int followedWithNewerLogs;

  @Test
  void no_partial_partition_disturbs_a_leader_that_keeps_a_quorum() {
    for (int graph = 0; graph < 1 << LINKS; graph++) {
      play(MEMBERS, graph, false);
    }
    report("Stable partial partitions", "undirected graphs on five members", "a quorum");
    assertThat(undisturbed + lost).isEqualTo(1024);
    assertThat(undisturbed).as("the leader has two links or more of four").isEqualTo(704);
    assertThat(followed).as("not all others have one link at most").isEqualTo(320 - 26);
    assertThat(followedWithNewerLogs)
        .as("the only one with a newer log has a link more, or three of the others have two")
        .isEqualTo(54 + 4 * 60);
  }

  /** One way and the other are links of their own; 4,096 graphs, too many for every build. */
  @Test
  @EnabledIfSystemProperty(named = "raft.directed", matches = "true")
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void no_one_way_cut_disturbs_a_leader_that_keeps_a_quorum_both_ways() {
    for (int graph = 0; graph < 1 << 12; graph++) {
      play(4, graph, true);
    }
    report("Stable one-way partitions", "directed graphs on four members", "a quorum, both ways");
    assertThat(undisturbed + lost).isEqualTo(4096);
    assertThat(undisturbed).as("two or three of three links, both ways").isEqualTo(64 * 10);
    assertThat(followed).isPositive();
    assertThat(followedWithNewerLogs).isPositive();
  }

  private void report(String title, String graphs, String quorum) {
    QualityFigures.of(title)
        .add(graphs, undisturbed + lost)
        .add("in which the leader keeps " + quorum, undisturbed)
        .add("seconds of each, with writes", SECONDS)
        .add("changes of leaders in them", 0)
        .add("in which it does not, and another can win, and leads in time", followed)
        .add("the same after a command that not all have", followedWithNewerLogs)
        .write();
  }

  private void play(int members, int graph, boolean directed) {
    Run run = new Run(members, graph, directed);
    if (run.partition.reachesQuorum(run.leader)) {
      run.partition.holds(run.leader, SECONDS);
      undisturbed++;
      return;
    }
    lost++;
    followed += run.isFollowed() ? 1 : 0;
    Run busy = new Run(members, graph, directed);
    busy.simulation.propose(busy.leader, 16, Duration.ofSeconds(1));
    busy.simulation.elapse(ON_ITS_WAY);
    followedWithNewerLogs += busy.isFollowed() ? 1 : 0;
  }

  /** A leader leads, all have what it has, and then all links are cut but those of a graph. */
  private static final class Run {
    final Simulation simulation;
    final PartialPartition partition;
    final SimulatedNode leader;

    Run(int members, int graph, boolean directed) {
      simulation =
          new Simulation(members, Cluster.SETTINGS, 0, SEED, "the graph of links " + graph);
      simulation.nodes().forEach(SimulatedNode::start);
      assertThat(
              simulation.await(
                  () -> simulation.nodes().stream().anyMatch(SimulatedNode::isLeader),
                  Cluster.ELECTION_LIMIT))
          .isTrue();
      leader =
          simulation.nodes().stream().filter(SimulatedNode::isLeader).findFirst().orElseThrow();
      partition = new PartialPartition(simulation, graph);
      partition.holds(leader, 1);
      cut(graph, directed);
    }

    /** A bit for each link that is left: for both directions of a pair, or for each. */
    private void cut(int graph, boolean directed) {
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

    /** Whether another can win; then it does, and leads until the links are well again. */
    boolean isFollowed() {
      boolean followed = partition.canAnybodyWin();
      if (followed) {
        SimulatedNode next = partition.awaitLeader();
        assertThat(next).isNotEqualTo(leader);
        partition.holds(next, SECONDS);
      } else {
        simulation.elapse(Duration.ofSeconds(SECONDS));
      }
      simulation.network().healAll();
      new Recovery(simulation).check(() -> {});
      return followed;
    }
  }
}

package io.pekkoraft.testkit;

import static io.pekkoraft.api.RaftStatus.Role.LEADER;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Links that are cut, wholly or one way, and what must not happen then. */
@ExtendWith(PictureExtension.class)
class PartitionScenarioTest {
  private static final String[] NAMES = {"a", "b", "c"};

  private static void expectUndisturbed(Cluster cluster, String leader, long term, String cut) {
    for (int i = 0; i < 60; i++) {
      cluster.elapse(1_000);
      assertThat(cluster.role(leader)).as(cut).isEqualTo(LEADER);
      assertThat(cluster.highestTerm()).as(cut).isEqualTo(term);
    }
    cluster.commit(leader);
    cluster.heal();
    cluster.awaitConverged();
    assertThat(cluster.highestTerm()).as(cut).isEqualTo(term);
  }

  @Test
  void no_cut_between_two_of_three_changes_the_leader() { // L7, with a bridge
    for (int one = 0; one < 3; one++) {
      for (int other = one + 1; other < 3; other++) {
        Cluster cluster = Cluster.of(3);
        String leader = cluster.awaitLeader();
        cluster.commit(leader);
        cluster.awaitConverged();
        long term = cluster.highestTerm();
        cluster.cut(NAMES[one], NAMES[other]);
        expectUndisturbed(cluster, leader, term, NAMES[one] + " x " + NAMES[other]);
      }
    }
  }

  @Test
  void no_one_way_cut_between_two_of_three_changes_the_leader() {
    for (String from : NAMES) {
      for (String to : NAMES) {
        if (from.equals(to)) {
          continue;
        }
        Cluster cluster = Cluster.of(3);
        String leader = cluster.awaitLeader();
        cluster.commit(leader);
        cluster.awaitConverged();
        long term = cluster.highestTerm();
        cluster.cutOneWay(from, to);
        expectUndisturbed(cluster, leader, term, from + " -> " + to);
      }
    }
  }
}

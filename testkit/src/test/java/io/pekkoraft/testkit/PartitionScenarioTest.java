package io.pekkoraft.testkit;

import static io.pekkoraft.api.RaftStatus.Role.LEADER;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
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

  @Test
  void a_leader_that_hears_nobody_gives_up_and_another_follows() {
    for (int size : new int[] {3, 5}) {
      Cluster cluster = Cluster.of(size);
      String deaf = cluster.awaitLeader();
      cluster.commit(deaf);
      cluster.awaitConverged();
      cluster.others(deaf).forEach(other -> cluster.cutOneWay(other, deaf));
      cluster.await(
          "the deaf leader gives up", Duration.ofSeconds(2), () -> cluster.role(deaf) != LEADER);
      cluster.await(
          "a successor",
          Duration.ofSeconds(4),
          () -> cluster.others(deaf).stream().anyMatch(n -> cluster.role(n) == LEADER));
    }
  }

  @Test
  void a_follower_that_was_away_comes_back_without_a_term() {
    for (long millis : new long[] {300, 1_500, 20_000}) {
      Cluster cluster = Cluster.of(3);
      String leader = cluster.awaitLeader();
      cluster.commit(leader);
      cluster.awaitConverged();
      long term = cluster.highestTerm();
      cluster.isolate(cluster.others(leader).get(0));
      cluster.commit(leader);
      cluster.elapse(millis);
      cluster.heal();
      cluster.awaitConverged();
      cluster.elapse(5_000);
      assertThat(cluster.role(leader)).isEqualTo(LEADER);
      assertThat(cluster.highestTerm()).isEqualTo(term);
    }
  }

  @Test
  void a_flapping_link_to_a_follower_changes_nothing() {
    Cluster cluster = Cluster.of(3);
    String leader = cluster.awaitLeader();
    cluster.commit(leader);
    long term = cluster.highestTerm();
    String flapping = cluster.others(leader).get(0);
    for (int i = 0; i < 100; i++) {
      cluster.cut(leader, flapping);
      cluster.elapse(300);
      cluster.heal();
      cluster.elapse(300);
      cluster.commit(leader);
    }
    cluster.awaitConverged();
    assertThat(cluster.highestTerm()).isEqualTo(term);
  }
}

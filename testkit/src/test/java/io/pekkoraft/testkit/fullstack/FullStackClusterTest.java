package io.pekkoraft.testkit.fullstack;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.Outcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FullStackClusterTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  @Test
  void three_real_members_elect_a_leader_and_keep_it_on_virtual_time() {
    FullStackCluster cluster = FullStackCluster.of(3, 1, RegisterMachine::new);
    String leader = cluster.awaitLeader();
    Outcome.Committed first = cluster.commit(new byte[] {7}, TIMEOUT);
    cluster.elapse(Duration.ofSeconds(60));
    assertThat(cluster.leader()).isEqualTo(leader);
    Outcome.Committed second = cluster.commit(new byte[] {8}, TIMEOUT);
    assertThat(second.index()).isEqualTo(first.index() + 1);
    assertThat(second.result()).containsExactly(7);
  }

  @Test
  void what_was_acknowledged_survives_the_loss_of_power_of_all_members() {
    FullStackCluster cluster = FullStackCluster.of(3, 2, RegisterMachine::new);
    cluster.commit(new byte[] {7}, TIMEOUT);
    cluster.world().losePower();
    cluster.elapse(Duration.ofSeconds(1));
    cluster.names().forEach(cluster::start);
    assertThat(cluster.commit(new byte[] {8}, TIMEOUT).result()).containsExactly(7);
  }

  @Test
  void another_member_leads_when_the_power_of_the_leader_goes() {
    FullStackCluster cluster = FullStackCluster.of(3, 3, RegisterMachine::new);
    String first = cluster.awaitLeader();
    cluster.machine(first).losePower();
    String second = cluster.awaitLeaderAmong(cluster.others(first));
    cluster.commit(new byte[] {7}, TIMEOUT);
    cluster.start(first);
    cluster.elapse(Duration.ofSeconds(5));
    assertThat(cluster.leader()).isEqualTo(second);
    assertThat(((RegisterMachine) cluster.stateMachine(first)).value()).containsExactly(7);
  }

  @Test
  void an_actor_system_terminates_in_order() {
    FullStackCluster cluster = FullStackCluster.of(3, 4, RegisterMachine::new);
    String leader = cluster.awaitLeader();
    cluster.machine(leader).terminate();
    assertThat(cluster.isRunning(leader)).isFalse();
    cluster.awaitLeaderAmong(cluster.others(leader));
    cluster.start(leader);
    cluster.commit(new byte[] {7}, TIMEOUT);
  }

  @Test
  void a_seed_gives_the_same_run_every_time() {
    for (long seed = 1; seed <= 3; seed++) {
      assertThat(run(seed)).isEqualTo(run(seed));
    }
    assertThat(run(1)).isNotEqualTo(run(2));
  }

  private static String run(long seed) {
    FullStackCluster cluster = FullStackCluster.of(3, seed, RegisterMachine::new);
    for (byte i = 0; i < 5; i++) {
      String leader = cluster.awaitLeader();
      cluster.commit(new byte[] {i}, TIMEOUT);
      cluster.machine(leader).losePower();
      cluster.elapse(Duration.ofMillis(200));
      cluster.start(leader);
    }
    return cluster.world().traceHash() + " after " + cluster.world().steps();
  }
}

package io.pekkoraft.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.PictureExtension;
import io.pekkoraft.testkit.fullstack.ApplicationCluster;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each fault by itself: who acts, and how long nobody does. */
@ExtendWith({QuietLog.class, PictureExtension.class})
class SingletonFaultsTest {
  private static final Duration SOON = Duration.ofMillis(1500);

  private final Invoicing invoicing = new Invoicing(1);
  private final ApplicationCluster cluster = invoicing.cluster;
  private final String home = invoicing.awaitHome();
  private final long token = invoicing.instances.newestToken();

  private void movesIn(String fault, Duration limit) {
    Duration nobody = invoicing.awaitNext(token);
    System.out.printf("%s: the next instance acts after %d ms%n", fault, nobody.toMillis());
    assertThat(nobody).isLessThan(limit);
  }

  /** All is well again: one instance, where it is now, and the other has stopped. */
  private void heals() {
    cluster.heal();
    for (String name : cluster.names()) {
      cluster.resume(name);
      cluster.start(name);
    }
    String now = invoicing.awaitHome();
    cluster.elapse(Duration.ofSeconds(2));
    assertThat(invoicing.instances.processes()).containsExactly(now);
    List<Long> tokens = invoicing.instances.tokens();
    assertThat(tokens).isSorted().doesNotHaveDuplicates();
  }

  /** One of the other processes leads the group from now on. */
  private String leaderElsewhere() {
    String leader = cluster.others(home).get(0);
    invoicing.lead(leader);
    return leader;
  }

  private String third(String one, String other) {
    return cluster.others(one, other).get(0);
  }

  @Test
  void its_process_is_cut_off() {
    invoicing.lead(third(home, invoicing.awaitLeader()));
    cluster.isolate(home);
    movesIn("cut off", SOON);
    assertThat(invoicing.instances.processes()).hasSize(2).startsWith(home);
    heals();
    assertThat(invoicing.lateWritesRefused()).isPositive();
  }

  @Test
  void its_process_is_cut_off_and_leads_the_group() {
    invoicing.lead(home);
    cluster.isolate(home);
    movesIn("cut off with the leader", Duration.ofSeconds(3));
    heals();
  }

  @Test
  void its_process_crashes() {
    cluster.crash(home);
    movesIn("crash", Duration.ofSeconds(3));
    heals();
  }

  @Test
  void its_process_ends_in_order_and_nobody_acts_before_it_has_finished_its_work() {
    leaderElsewhere();
    cluster.always(
        "the next begins when the last has stopped",
        () -> invoicing.instances.newestToken() == token || invoicing.instances.alive() <= 1);
    Duration before = cluster.now();
    cluster.terminate(home);
    invoicing.awaitNext(token);
    System.out.printf("termination: after %d ms%n", cluster.now().minus(before).toMillis());
    heals();
  }

  @Test
  void the_leader_of_the_group_is_cut_off_and_the_instance_stays() {
    String leader = leaderElsewhere();
    cluster.isolate(leader);
    cluster.elapse(Duration.ofSeconds(4));
    assertThat(invoicing.instances.newestToken()).isEqualTo(token);
    heals();
    assertThat(invoicing.instances.tokens()).containsExactly(token);
  }

  @Test
  void a_cut_from_the_leader_alone_moves_it_though_both_hear_the_third() {
    String leader = leaderElsewhere();
    cluster.cut(home, leader);
    movesIn("cut from the leader alone", Duration.ofSeconds(3));
    heals();
  }

  @Test
  void its_words_do_not_reach_the_leader() {
    String leader = leaderElsewhere();
    cluster.cutOneWay(home, leader);
    movesIn("cut one way, to the leader", Duration.ofSeconds(3));
    heals();
  }

  @Test
  void the_leaders_words_do_not_reach_it() {
    String leader = leaderElsewhere();
    cluster.cutOneWay(leader, home);
    cluster.elapse(Duration.ofSeconds(4));
    heals();
  }

  @Test
  void its_process_stands_still_and_handles_nothing_when_it_wakes() {
    cluster.pause(home);
    movesIn("pause", Duration.ofSeconds(3));
    heals();
  }

  @Test
  void its_link_flaps() {
    for (int i = 0; i < 10; i++) {
      cluster.isolate(home);
      cluster.elapse(Duration.ofMillis(60L * i));
      cluster.heal();
      cluster.elapse(Duration.ofMillis(150));
    }
    heals();
  }

  @Test
  void all_machines_lose_their_power() {
    cluster.world().losePower();
    cluster.elapse(Duration.ofSeconds(1));
    cluster.names().forEach(cluster::start);
    movesIn("loss of all power", Duration.ofSeconds(5));
    heals();
  }

  @Test
  void without_a_majority_nobody_acts() {
    cluster.others(home).forEach(cluster::crash);
    cluster.elapse(Duration.ofSeconds(2));
    long acts = invoicing.instances.acts();
    cluster.elapse(Duration.ofSeconds(5));
    assertThat(invoicing.instances.acts()).isEqualTo(acts);
    heals();
  }
}

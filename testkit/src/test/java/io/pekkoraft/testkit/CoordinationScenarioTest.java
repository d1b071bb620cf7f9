package io.pekkoraft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.role.NodeSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Singletons on three members, with the default times of the library. */
class CoordinationScenarioTest {
  private static final int SEEDS = 60;
  private static final String NAME = "singleton/0";

  private static CoordinationSimulation world(long seed, int others, int singletons) {
    return world(seed, others, singletons, new CoordinationFaults());
  }

  private static CoordinationSimulation world(
      long seed, int others, int singletons, CoordinationFaults faults) {
    NodeSettings settings =
        new NodeSettings(
            Duration.ofMillis(50),
            Duration.ofMillis(500),
            0.1,
            64,
            64 * 1024,
            16,
            64 * 1024,
            1 << 20,
            1 << 20,
            4096);
    CoordinationSimulation world =
        new CoordinationSimulation(
            3, others, singletons, settings, 0.1, seed, "seed " + seed, faults);
    world.start();
    return world;
  }

  private static void await(CoordinationSimulation world, String name, long afterNanos) {
    assertThat(
            world
                .simulation()
                .await(
                    () -> world.checks().lastHandledNanos(name) > afterNanos,
                    Duration.ofSeconds(20)))
        .as("%s acts", name)
        .isTrue();
  }

  private static SimulatedNode holder(CoordinationSimulation world) {
    for (SimulatedSession session : world.sessions()) {
      if (session.holds(NAME) && session.machine() instanceof MemberMachine member) {
        return member.node();
      }
    }
    throw new AssertionError("no member holds " + NAME);
  }

  @Test
  void while_nothing_happens_an_instance_acts_all_the_time() {
    CoordinationSimulation world = world(1, 1, 1);
    await(world, NAME, 0);
    long token = world.checks().newestToken(NAME);
    long handlers = world.checks().counts().handlers;
    world.simulation().elapse(Duration.ofSeconds(20));
    assertThat(world.checks().newestToken(NAME)).isEqualTo(token);
    assertThat(world.checks().counts().handlers - handlers).isGreaterThan(200);
  }

  @Test
  void a_holder_that_is_cut_off_ends_before_its_successor_begins() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      CoordinationSimulation world = holderIsCutOff(seed, new CoordinationFaults());
      assertThat(world.checks().counts().instances).isGreaterThanOrEqualTo(2);
    }
  }

  /** Its instance handles one message after the other all the time. */
  static CoordinationSimulation holderIsCutOff(long seed, CoordinationFaults faults) {
    CoordinationSimulation world = world(seed, 0, 1, faults);
    world.setLongestGap(1_000_000);
    await(world, NAME, 0);
    world.simulation().elapse(Duration.ofSeconds(2));
    SimulatedNode holder = holder(world);
    for (SimulatedNode other : world.simulation().nodes()) {
      if (other != holder) {
        world.simulation().network().cut(holder.index(), other.index());
      }
    }
    world.simulation().elapse(Duration.ofSeconds(3));
    return world;
  }

  /** From the crash to the first message that the successor handles. */
  private static long millisToSuccessor(long seed, boolean leads) {
    CoordinationSimulation world = world(seed, 0, 1);
    Simulation simulation = world.simulation();
    await(world, NAME, 0);
    simulation.elapse(Duration.ofSeconds(5));
    if (holder(world).isLeader() != leads) {
      return -1;
    }
    long token = world.checks().newestToken(NAME);
    long crashed = simulation.nowNanos();
    holder(world).crash();
    simulation.await(() -> world.checks().newestToken(NAME) > token, Duration.ofSeconds(20));
    assertThat(world.checks().newestToken(NAME)).isGreaterThan(token);
    return (simulation.nowNanos() - crashed) / 1_000_000;
  }

  private static List<Long> overSeeds(boolean leads) {
    List<Long> millis = new ArrayList<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      long one = millisToSuccessor(seed, leads);
      if (one >= 0) {
        millis.add(one);
      }
    }
    millis.sort(null);
    System.out.printf(
        "the instance's machine crashes, %s: back after %d ms (median), %d ms (longest of %d)%n",
        leads ? "which leads too" : "another leads",
        millis.get(millis.size() / 2),
        millis.get(millis.size() - 1),
        millis.size());
    return millis;
  }

  @Test
  void a_successor_acts_within_a_second_when_the_leader_lives() {
    List<Long> millis = overSeeds(false);
    assertThat(millis.get(millis.size() - 1)).isLessThan(1_000);
  }

  @Test
  void a_successor_acts_within_a_second_mostly_when_the_leader_is_gone_too() {
    List<Long> millis = overSeeds(true);
    assertThat(millis.get(millis.size() / 2)).isLessThan(1_000);
  }
}

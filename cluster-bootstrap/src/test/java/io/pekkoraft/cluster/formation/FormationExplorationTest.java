package io.pekkoraft.cluster.formation;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.cluster.formation.FormationState.Step;
import io.pekkoraft.cluster.formation.FormationWorld.Node;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Every way in which three nodes can form a group, with crashes between any two steps. */
class FormationExplorationTest {

  @Test
  void from_every_reachable_state_all_nodes_end_in_one_and_the_same_group() {
    int visited =
        explore(
            FormationWorld.empty(0),
            world -> {
              checkInvariants(world);
              FormationWorld settled = world.settle();
              checkInvariants(settled);
              assertThat(settled.nodes())
                  .as("settled from %s", world)
                  .extracting(node -> node.disk().step())
                  .containsOnly(Step.FORMED);
            });
    assertThat(visited).as("worlds").isGreaterThan(1_000);
  }

  @Test
  void a_disk_lost_at_any_moment_never_leads_to_a_second_group() {
    SplittableRandom random = new SplittableRandom(20_26);
    for (int run = 0; run < 1_000; run++) {
      FormationWorld world = FormationWorld.empty(1);
      for (int step = 0; step < 60; step++) {
        List<FormationWorld> next = world.next();
        world = next.get(random.nextInt(next.size()));
        checkInvariants(world);
      }
      checkInvariants(world.settle());
    }
  }

  /** What a majority's promise would allow: the random walks hardly ever find it. */
  @Test
  void old_words_of_others_do_not_help_a_wiped_coordinator_to_a_second_group() {
    int a = 0;
    int b = 1;
    int c = 2;
    FormationWorld world =
        FormationWorld.empty(1).hear(a, b, Step.NEW).hear(a, c, Step.NEW).act(a); // proposes
    world = world.hear(b, a, Step.PROMISED).act(b).hear(a, b, Step.PROMISED).act(a).wipe(a);
    world = world.hear(a, b, Step.NEW).hear(a, c, Step.NEW).act(a); // proposes another
    world = world.hear(c, a, Step.PROMISED).act(c).hear(a, c, Step.PROMISED).act(a);
    assertThat(world.nodes().get(c).disk().step()).as("c's promise").isEqualTo(Step.PROMISED);
    checkInvariants(world);
    checkInvariants(world.settle());
  }

  @Test
  void a_node_wiped_after_the_group_was_formed_is_refused_and_the_others_go_on() {
    FormationWorld formed = FormationWorld.empty(1).settle();
    for (FormationWorld world : formed.next()) {
      if (world.wipesLeft() == 0) {
        FormationWorld settled = world.settle();
        for (int i = 0; i < 3; i++) {
          boolean wiped = settled.nodes().get(i).incarnation() == 2;
          assertThat(settled.decide(i))
              .isInstanceOf(wiped ? Decision.Refuse.class : Decision.Start.class);
        }
      }
    }
  }

  private static void checkInvariants(FormationWorld world) {
    assertThat(world.everFormed()).as("groups ever formed in %s", world).hasSizeLessThan(2);
    for (Node node : world.nodes()) {
      Proposal promised = node.disk().proposal();
      assertThat(promised == null || promised.admits(node.id(), node.incarnation()))
          .as("%s promised only what admits its own data directory", node)
          .isTrue();
    }
  }

  private static int explore(FormationWorld start, Consumer<FormationWorld> check) {
    Set<List<Node>> seen = new HashSet<>();
    ArrayDeque<FormationWorld> open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty()) {
      FormationWorld world = open.poll();
      // What was said follows from what is on the disks while no disk is lost, so the nodes tell
      // worlds apart.
      if (seen.add(world.nodes())) {
        check.accept(world);
        open.addAll(world.next());
      }
    }
    return seen.size();
  }
}

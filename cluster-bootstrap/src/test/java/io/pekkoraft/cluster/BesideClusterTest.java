package io.pekkoraft.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.RaftGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups in the actor systems of a real Pekko Cluster. */
class BesideClusterTest {
  @TempDir Path temp;

  private static RaftGroup counter(ActorSystem<Void> system) {
    return PekkoRaft.get(system).start("counter", new Counter());
  }

  private static boolean up(ActorSystem<Void> system, long members) {
    return Cluster.get(system).selfMember().status() == MemberStatus.up()
        && Cluster.get(system).state().members().size() == members;
  }

  @ParameterizedTest
  @ValueSource(strings = {"configuration", "cluster"})
  void without_the_first_seed_node_the_cluster_stays_down_and_the_group_serves(String from)
      throws IOException {
    try (Systems systems = new Systems(temp, "a", "b", "c")) {
      String members = from.equals("cluster") ? systems.named() : systems.listed();
      String more =
          systems.clusterSeeds()
              + "pekko-raft.addresses.from = "
              + from
              + "\npekko-raft.addresses.ask-interval = 200 ms\npekko-raft.node.members = "
              + members;
      List<ActorSystem<Void>> started =
          List.of(systems.start("a", more), systems.start("b", more), systems.start("c", more));
      List<RaftGroup> groups = started.stream().map(BesideClusterTest::counter).toList();
      for (int i = 0; i < groups.size(); i++) {
        assertThat(Systems.count(groups.get(i), "first " + i)).isEqualTo(i + 1);
      }
      Systems.await(
          "the Cluster has three members", () -> started.stream().allMatch(one -> up(one, 3)));
      if (from.equals("cluster")) {
        Systems.await("b remembers c", () -> remembers(systems.data("b"), "c"));
        Systems.await("c remembers b", () -> remembers(systems.data("c"), "b"));
      }
      List.of("a", "b", "c").forEach(systems::kill);

      ActorSystem<Void> b = systems.start("b", more);
      ActorSystem<Void> c = systems.start("c", more);
      RaftGroup onB = counter(b);
      RaftGroup onC = counter(c);

      assertThat(Systems.count(onB, "second b")).isEqualTo(4);
      assertThat(Systems.count(onC, "second c")).isEqualTo(5);
      assertThat(Cluster.get(b).selfMember().status()).isNotEqualTo(MemberStatus.up());
      assertThat(Cluster.get(c).selfMember().status()).isNotEqualTo(MemberStatus.up());
    }
  }

  private static boolean remembers(Path data, String node) {
    try {
      return Files.readString(data.resolve("ADDRESSES")).contains("\n" + node + " = ");
    } catch (IOException notYet) {
      return false;
    }
  }

  @Test
  void a_member_that_comes_back_at_another_address_is_found_again() throws IOException {
    try (Systems systems = new Systems(temp, "a", "b", "c")) {
      String more =
          systems.clusterSeeds()
              + "pekko-raft.addresses.from = cluster\npekko-raft.addresses.ask-interval = 200 ms\n"
              + "pekko-raft.node.members = "
              + systems.named();
      RaftGroup onA = counter(systems.start("a", more));
      RaftGroup onB = counter(systems.start("b", more));
      counter(systems.start("c", more));
      assertThat(Systems.count(onA, "one")).isEqualTo(1);
      systems.kill("c");
      systems.move("c");

      RaftGroup moved = counter(systems.start("c", more));
      assertThat(Systems.count(moved, "two")).isEqualTo(2);
      systems.kill("a");
      assertThat(Systems.count(moved, "three")).isEqualTo(3); // b and c, at its new address
      assertThat(Systems.count(onB, "four")).isEqualTo(4);
    }
  }
}

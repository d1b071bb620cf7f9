package shop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.Cluster;
import io.pekkoraft.testkit.TypedClient;
import io.pekkoraft.testkit.TypedClient.Request;
import io.pekkoraft.testkit.junit.RaftTest;

class InventoryTest {
  @RaftTest(stateMachine = Inventory.class, seeds = 20)
  void no_item_is_sold_twice(Cluster cluster) {
    TypedClient<String, String> shop =
        cluster.client(command -> command.getBytes(UTF_8), b -> new String(b, UTF_8));
    String old = cluster.awaitLeader();

    cluster.isolate(old);
    Request<String> doubtful = shop.propose(old, "reserve lamp ann");
    String next = cluster.awaitLeaderAmong(cluster.others(old));
    assertThat(shop.call(next, "reserve lamp bob")).isEqualTo("ok");

    cluster.heal();
    cluster.awaitConverged();
    assertThat(doubtful.isCommitted()).isFalse();
    assertThat(cluster.stateMachine(old, Inventory.class).holder("lamp")).isEqualTo("bob");
    assertThat(shop.call(next, "reserve lamp cid")).startsWith("refused");
  }
}

package shop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.testkit.Cluster;
import io.pekkoraft.testkit.Determinism;
import io.pekkoraft.testkit.DeterminismViolation;
import io.pekkoraft.testkit.InvariantViolation;
import io.pekkoraft.testkit.RaftTestKit;
import io.pekkoraft.testkit.TypedClient;
import io.pekkoraft.testkit.TypedClient.Request;
import io.pekkoraft.testkit.junit.RaftTest;
import java.util.List;
import org.junit.jupiter.api.Test;

class InventoryTest {
  @RaftTest(stateMachine = Inventory.class, seeds = 20)
  void no_item_is_sold_twice(Cluster cluster) {
    TypedClient<String, String> shop =
        cluster.client(command -> command.getBytes(UTF_8), b -> new String(b, UTF_8));
    String old = cluster.awaitLeader();

    cluster.isolate(old);
    Request<String> doubtful = shop.propose(old, "reserve lamp ann");
    String next = cluster.awaitLeaderAmong(cluster.others(old));
    assertThat(shop.call(next, "reserve lamp bob")).isEqualTo("done");

    cluster.heal();
    cluster.awaitConverged();
    assertThat(doubtful.isCommitted()).isFalse();
    assertThat(cluster.stateMachine(old, Inventory.class).holder("lamp")).isEqualTo("bob");
    assertThat(shop.call(next, "reserve lamp cid")).isEqualTo("refused");
  }

  private static final List<byte[]> COMMANDS =
      List.of("reserve lamp ann".getBytes(UTF_8), "reserve desk bob".getBytes(UTF_8));

  /** The mistake: what is answered depends on when it is asked. */
  static final class Hourly extends Inventory {
    @Override
    public byte[] apply(long index, byte[] command) {
      super.apply(index, command);
      return ("done at " + System.nanoTime()).getBytes(UTF_8);
    }
  }

  @Test
  void the_inventory_does_the_same_wherever_it_runs() {
    Determinism.check(Inventory::new, COMMANDS);
    Determinism.checkInOtherProcess(Inventory.class, COMMANDS);
  }

  @Test
  void a_planted_clock_is_found() {
    assertThatThrownBy(() -> Determinism.check(Hourly::new, COMMANDS))
        .isInstanceOf(DeterminismViolation.class)
        .hasMessageContaining("command 1 of 2, \"reserve lamp ann\"");
    Cluster cluster = RaftTestKit.of(Hourly::new).start();
    String leader = cluster.awaitLeader();
    assertThatThrownBy(
            () -> {
              cluster.call(leader, COMMANDS.get(0));
              cluster.awaitConverged();
            })
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("I5 all state machines agree")
        .hasMessageContaining("after command \"reserve lamp ann\"");
  }
}

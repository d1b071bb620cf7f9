package io.pekkoraft.testkit.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.Cluster;
import io.pekkoraft.testkit.RaftTestKit;
import io.pekkoraft.testkit.TypedClient;
import io.pekkoraft.testkit.TypedClient.Request;
import io.pekkoraft.testkit.junit.RaftTest;
import java.time.Duration;

/** An application's state machine in a network that is not kind. */
class BankTest {

  // docs: begin partition
  @RaftTest(stateMachine = Bank.class, seeds = 20)
  void what_a_cut_off_leader_is_told_is_not_lost_twice(Cluster cluster) {
    TypedClient<String, Long> bank =
        cluster.client(command -> command.getBytes(UTF_8), b -> Long.valueOf(new String(b, UTF_8)));
    String old = cluster.awaitLeader();
    bank.call(old, "deposit ann 5");

    cluster.isolate(old);
    Request<Long> doubtful = bank.propose(old, "deposit ann 100");
    String next = cluster.awaitLeaderAmong(cluster.others(old));
    assertThat(bank.call(next, "deposit ann 1")).isEqualTo(6);

    cluster.heal();
    cluster.awaitConverged();
    assertThat(doubtful.isCommitted()).isFalse();
    assertThat(cluster.stateMachine(old, Bank.class).balance("ann")).isEqualTo(6);
  }

  // docs: end

  // docs: begin faults
  static final RaftTestKit KIT =
      RaftTestKit.of(Bank::new)
          .members(5)
          .drift(0.05)
          .commands(random -> ("deposit ann " + random.nextInt(100)).getBytes(UTF_8));

  @RaftTest(seeds = 5)
  void it_survives_whatever_goes_wrong(Cluster cluster) {
    cluster.faults(Duration.ofSeconds(30));
    cluster.checkRecovery();
  }
  // docs: end
}

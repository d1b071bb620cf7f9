package io.pekkoraft.testkit.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.Cluster;
import io.pekkoraft.testkit.junit.RaftTest;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;

/** An application's actor, in Pekko's own test kit, on a group that is simulated. */
class TellerTest {
  // docs: begin actor
  private static final ActorTestKit ACTORS = ActorTestKit.create();

  @AfterAll
  static void shutDown() {
    ACTORS.shutdownTestKit();
  }

  @RaftTest(stateMachine = Bank.class)
  void a_teller_promises_nothing_that_it_does_not_know(Cluster cluster) {
    String leader = cluster.awaitLeader();
    ActorRef<Teller.Command> teller = ACTORS.spawn(Teller.create(cluster.group(leader)));
    TestProbe<String> customer = ACTORS.createTestProbe();

    teller.tell(new Teller.Deposit("ann", 5, customer.ref()));
    String answer = cluster.serving(customer::receiveMessage);
    assertThat(answer).isEqualTo("balance 5");

    cluster.isolate(leader);
    teller.tell(new Teller.Deposit("ann", 100, customer.ref()));
    String second = cluster.serving(customer::receiveMessage);
    assertThat(second).isEqualTo("ask again");
    ACTORS.stop(teller); // which would keep this run's cluster in memory
  }
  // docs: end
}

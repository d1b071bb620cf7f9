package io.pekkoraft.singleton.example;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.singleton.FencingToken;
import io.pekkoraft.singleton.RaftSingleton;
import io.pekkoraft.singleton.RaftSingletonActor;
import io.pekkoraft.singleton.example.InvoiceNumbers.Command;
import io.pekkoraft.singleton.example.InvoiceNumbers.Stop;
import io.pekkoraft.testkit.fullstack.ApplicationCluster;
import io.pekkoraft.testkit.fullstack.ApplicationTestKit;
import io.pekkoraft.testkit.fullstack.Instances;
import io.pekkoraft.testkit.junit.ApplicationTest;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;

/** The invoice numbers on virtual time, as docs/testkit.md shows it. */
class SimulatedInvoicesTest {
  // docs: begin singleton
  private static final String NAME = "invoice-numbers";
  private final InvoiceTable table = new InvoiceTable();
  private final Instances instances = Instances.of(NAME);

  /** What each process does at its start, as in production; only {@code watched} is the test's. */
  private void main(ActorSystem<?> system) {
    RaftSingleton.get(system)
        .init(RaftSingletonActor.of(this::watched, NAME).withStopMessage(Stop.STOP));
  }

  private Behavior<Command> watched(FencingToken token) {
    return instances.observed(token.value(), InvoiceNumbers.create(table, token));
  }

  final ApplicationTestKit kit =
      ApplicationTestKit.of(this::main)
          .config("include classpath(\"pekko-raft-application.conf\")");

  @ApplicationTest(seeds = 2)
  void a_cut_off_instance_is_followed_by_one_that_the_table_believes(ApplicationCluster cluster) {
    cluster.await("an instance", Duration.ofSeconds(10), () -> instances.alive() == 1);
    long old = instances.newestToken();

    cluster.isolate(instances.processes().get(0));
    cluster.await("the next", Duration.ofSeconds(2), () -> instances.newestToken() > old);
    table.next(instances.newestToken());
    assertThatThrownBy(() -> table.next(old)).hasMessageContaining("is over");

    cluster.heal();
    cluster.await("only the next", Duration.ofSeconds(5), () -> instances.alive() == 1);
    cluster.faults(Duration.ofSeconds(10));
    cluster.await("one in the end", Duration.ofSeconds(10), () -> instances.alive() == 1);
  }
  // docs: end
}

package io.pekkoraft.singleton;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.pekkoraft.session.Session.Location;
import io.pekkoraft.singleton.example.InvoiceNumbers.Command;
import io.pekkoraft.singleton.example.InvoiceNumbers.Issued;
import io.pekkoraft.singleton.example.InvoiceNumbers.Next;
import io.pekkoraft.singleton.example.InvoiceTable;
import io.pekkoraft.singleton.example.WithRaftSingleton;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Proxies and instances in two actor systems over Artery, without a Cluster. */
class AcrossNodesTest {
  private static final String NAME = "singleton/invoice-numbers";

  private final InvoiceTable table = new InvoiceTable();
  private final Node a = new Node(table);
  private final Node b = new Node(table);
  private final TestProbe<Issued> answers = TestProbe.create(Issued.class, a.system);

  @AfterEach
  void stop() {
    a.stop();
    b.stop();
  }

  @Test
  void messages_travel_by_the_serialization_of_the_application() throws Exception {
    Location location = b.assign(7);
    assertThat(location.actorPath()).startsWith("pekko://billing@127.0.0.1:");
    a.session.located(NAME, Optional.of(location));
    a.proxy.tell(new Next(answers.ref()));
    answers.expectMessage(new Issued(1));
  }

  @Test
  void what_reaches_the_node_of_an_ended_tenure_follows_the_name() throws Exception {
    Location atB = b.assign(7);
    a.session.located(NAME, Optional.of(atB));
    b.session.located(NAME, Optional.of(atB));
    a.proxy.tell(new Next(answers.ref()));
    answers.expectMessage(new Issued(1));
    b.session.offered(NAME).handOver(7);
    assertThat(b.session.released.poll(20, TimeUnit.SECONDS)).isEqualTo(7);
    a.proxy.tell(new Next(answers.ref())); // Nobody told a's proxy yet.
    answers.awaitAssert(
        Duration.ofSeconds(20),
        () -> {
          assertThat(b.singletons.status("invoice-numbers").orElseThrow().buffered()).isEqualTo(1);
          return true;
        });
    Location atA = a.assign(9);
    b.session.located(NAME, Optional.of(atA));
    answers.expectMessage(new Issued(2));
  }

  /** A process of the application. */
  private static final class Node {
    final ScriptedSession session = new ScriptedSession();
    final ActorSystem<Void> system =
        ActorSystem.create(
            Behaviors.empty(),
            "billing",
            ActorSystemSetup.create(
                BootstrapSetup.create(
                    ConfigFactory.parseString(
                            """
                            pekko.actor {
                              provider = remote
                              serializers.invoices = "io.pekkoraft.singleton.example.InvoiceSerializer"
                              serialization-bindings {
                                "io.pekkoraft.singleton.example.InvoiceNumbers$Command" = invoices
                                "io.pekkoraft.singleton.example.InvoiceNumbers$Issued" = invoices
                              }
                            }
                            pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                            """)
                        .withFallback(ConfigFactory.load())),
                new ScriptedSetup(session)));
    final RaftSingleton singletons = RaftSingleton.get(system);
    final ActorRef<Command> proxy;

    Node(InvoiceTable table) {
      proxy = WithRaftSingleton.start(system, table);
    }

    Location assign(long token) throws InterruptedException {
      TestProbe.create(system)
          .awaitAssert(
              Duration.ofSeconds(20),
              () -> {
                assertThat(session.offers).containsKey(NAME);
                return true;
              });
      session.hold(NAME, token);
      session.offered(NAME).assigned(token);
      Location location = session.acting.poll(20, TimeUnit.SECONDS);
      assertThat(location).isNotNull();
      return location;
    }

    void stop() {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().join();
    }
  }
}

package io.pekkoraft.singleton;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** An instance behind a gate, and a lease in the test's hands. */
abstract class GateFixture {
  final ActorTestKit kit;
  final TestProbe<String> heard;
  final Tally tally;
  final AtomicInteger closings = new AtomicInteger();
  volatile boolean mayAct = true;

  /**
   * @param kit of the test class
   */
  GateFixture(ActorTestKit kit) {
    this.kit = kit;
    heard = kit.createTestProbe(String.class);
    tally = new Tally("one", kit.system(), System::nanoTime);
  }

  static ActorTestKit newKit() {
    return ActorTestKit.create(
        ConfigFactory.parseString(
                """
                pekko.persistence.journal.plugin = "pekko.persistence.journal.inmem"
                pekko.persistence.snapshot-store.plugin = "pekko.persistence.no-snapshot-store"
                """)
            .withFallback(ConfigFactory.load()));
  }

  final ActorRef<Object> spawn(Behavior<String> behavior, int bufferSize) {
    return kit.spawn(gated(behavior, () -> mayAct, Optional.empty(), bufferSize));
  }

  final Behavior<Object> gated(
      Behavior<String> behavior,
      BooleanSupplier lease,
      Optional<String> stopMessage,
      int bufferSize) {
    return Gate.around(behavior, lease, stopMessage, bufferSize, closings::incrementAndGet, tally);
  }

  final Behavior<String> say(String text) {
    heard.ref().tell(text);
    return Behaviors.same();
  }

  final Behavior<String> echo() {
    return Behaviors.receiveMessage(this::say);
  }

  final Behavior<String> echoThatSaysStarted() {
    return Behaviors.setup(
        context -> {
          say("started");
          return echo();
        });
  }

  final Behavior<String> changing(int number) {
    return Behaviors.receiveMessage(
        message -> {
          say(number + " " + message);
          return Behaviors.setup(context -> changing(number + 1));
        });
  }

  /** The typed event stream would subscribe some time later. */
  final <T> void subscribe(TestProbe<T> probe, Class<T> events) {
    Adapter.toClassic(kit.system()).eventStream().subscribe(Adapter.toClassic(probe.ref()), events);
  }

  final void awaitKept(int count) {
    await(() -> assertThat(tally.status().kept()).isGreaterThanOrEqualTo(count));
  }

  final void await(Runnable assertion) {
    heard.awaitAssert(
        Duration.ofSeconds(20),
        () -> {
          assertion.run();
          return true;
        });
  }
}

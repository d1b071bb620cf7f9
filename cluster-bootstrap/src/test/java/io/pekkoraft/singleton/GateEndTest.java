package io.pekkoraft.singleton;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.DeadLetter;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** How an instance behind a gate starts again, and ends. */
class GateEndTest extends GateFixture {
  private static final ActorTestKit KIT = newKit();

  GateEndTest() {
    super(KIT);
  }

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Test
  void restarting_by_supervision_works_inside_the_gate() {
    Behavior<String> failing =
        Behaviors.supervise(
                Behaviors.<String>setup(
                    context -> {
                      say("started");
                      return Behaviors.receive(String.class)
                          .onMessageEquals(
                              "fail",
                              () -> {
                                throw new IllegalStateException("as the test asked for");
                              })
                          .onMessage(String.class, this::say)
                          .onSignal(PreRestart.class, signal -> say("restarts"))
                          .build();
                    }))
            .onFailure(SupervisorStrategy.restart().withLoggingEnabled(false));
    ActorRef<Object> instance = spawn(failing, 10);
    heard.expectMessage("started");
    mayAct = false;
    instance.tell("fail");
    instance.tell("after");
    awaitKept(2);
    mayAct = true;
    instance.tell(Gate.Command.OPEN);
    heard.expectMessage("restarts");
    heard.expectMessage("started");
    heard.expectMessage("after");
    mayAct = false;
    instance.tell("kept");
    awaitKept(1);
  }

  @Test
  void a_restart_after_a_pause_waits_for_the_lease() {
    Behavior<String> failing =
        Behaviors.supervise(
                Behaviors.<String>setup(
                    context -> {
                      say("started");
                      return Behaviors.receive(String.class)
                          .onMessageEquals(
                              "fail",
                              () -> {
                                mayAct = false;
                                throw new IllegalStateException("as the test asked for");
                              })
                          .build();
                    }))
            .onFailure(
                SupervisorStrategy.restartWithBackoff(Duration.ofMillis(1), Duration.ofMillis(2), 0)
                    .withLoggingEnabled(false));
    ActorRef<Object> instance = spawn(failing, 10);
    heard.expectMessage("started");
    instance.tell("fail");
    awaitKept(1);
    heard.expectNoMessage(Duration.ofMillis(50));
    mayAct = true;
    instance.tell(Gate.Command.OPEN);
    heard.expectMessage("started");
  }

  @Test
  void an_instance_that_fails_stops() {
    ActorRef<Object> instance =
        spawn(
            Behaviors.receiveMessage(
                message -> {
                  throw new IllegalStateException("as the test asked for");
                }),
            10);
    TestProbe<Object> watcher = kit.createTestProbe();
    instance.tell("anything");
    watcher.expectTerminated(instance);
  }

  @Test
  void the_stop_message_comes_after_what_was_sent_before_and_is_never_dropped() {
    ActorRef<Object> instance =
        kit.spawn(gated(echo(), () -> mayAct, Optional.of("stop, please"), 1));
    mayAct = false;
    instance.tell("one");
    instance.tell(Gate.Command.STOP);
    instance.tell("two"); // Makes one be dropped.
    awaitKept(2);
    mayAct = true;
    instance.tell(Gate.Command.OPEN);
    heard.expectMessage("stop, please");
    heard.expectMessage("two");
  }

  @Test
  void without_a_stop_message_it_is_stopped_after_what_was_sent_before() {
    ActorRef<Object> instance = spawn(echo(), 10);
    TestProbe<Object> watcher = kit.createTestProbe();
    mayAct = false;
    instance.tell("one");
    instance.tell(Gate.Command.STOP);
    awaitKept(2);
    mayAct = true;
    instance.tell(Gate.Command.OPEN);
    heard.expectMessage("one");
    watcher.expectTerminated(instance);
  }

  @Test
  void what_still_waits_when_it_is_stopped_becomes_dead_letters_and_post_stop_runs() {
    TestProbe<DeadLetter> deadLetters = kit.createTestProbe(DeadLetter.class);
    subscribe(deadLetters, DeadLetter.class);
    ActorRef<Object> instance =
        spawn(
            Behaviors.receive(String.class)
                .onMessage(String.class, this::say)
                .onSignal(PostStop.class, signal -> say("stopped"))
                .build(),
            10);
    instance.tell("hello");
    heard.expectMessage("hello");
    mayAct = false;
    instance.tell("too late");
    awaitKept(1);
    kit.stop(instance);
    heard.expectMessage("stopped");
    assertThat(deadLetters.receiveMessage().message()).isEqualTo("too late");
    await(() -> assertThat(tally.status().kept()).isZero());
  }
}

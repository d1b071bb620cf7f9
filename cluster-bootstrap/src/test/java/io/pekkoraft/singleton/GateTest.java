package io.pekkoraft.singleton;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.UnhandledMessage;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What passes an instance's gate, and when. */
class GateTest extends GateFixture {
  private static final ActorTestKit KIT = newKit();

  GateTest() {
    super(KIT);
  }

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Test
  void the_lease_is_read_before_each_message() {
    ActorRef<Object> instance = spawn(echo(), 10);
    instance.tell("one");
    heard.expectMessage("one");
    mayAct = false;
    instance.tell("two");
    awaitKept(1);
    heard.expectNoMessage(Duration.ofMillis(50));
    mayAct = true;
    instance.tell(Gate.Command.OPEN);
    heard.expectMessage("two");
    assertThat(closings).hasValue(1);
  }

  @Test
  void the_start_waits_for_the_lease() {
    mayAct = false;
    ActorRef<Object> instance = spawn(echoThatSaysStarted(), 10);
    instance.tell("one");
    awaitKept(1);
    heard.expectNoMessage(Duration.ofMillis(50));
    mayAct = true;
    instance.tell(Gate.Command.OPEN);
    heard.expectMessage("started");
    heard.expectMessage("one");
  }

  @Test
  void an_instance_that_never_started_stops_without_having_done_anything() {
    mayAct = false;
    ActorRef<Object> instance = spawn(echoThatSaysStarted(), 10);
    instance.tell("one");
    awaitKept(1);
    kit.stop(instance);
    heard.expectNoMessage(Duration.ofMillis(50));
  }

  @Test
  void what_waited_comes_in_order_and_before_what_comes_later() {
    ActorRef<Object> instance = spawn(echo(), 10);
    mayAct = false;
    for (int i = 0; i < 5; i++) {
      instance.tell("message " + i);
    }
    awaitKept(5);
    mayAct = true;
    instance.tell("last");
    instance.tell(Gate.Command.OPEN);
    for (int i = 0; i < 5; i++) {
      heard.expectMessage("message " + i);
    }
    heard.expectMessage("last");
    assertThat(tally.status().kept()).isZero();
  }

  @Test
  void the_lease_is_read_before_each_message_that_waited_too() {
    AtomicInteger passes = new AtomicInteger(1); // The start.
    ActorRef<Object> instance =
        kit.spawn(gated(echo(), () -> passes.getAndDecrement() > 0, Optional.empty(), 10));
    for (int i = 0; i < 4; i++) {
      instance.tell("message " + i);
    }
    awaitKept(4);
    passes.set(3); // The command itself, and two messages.
    instance.tell(Gate.Command.OPEN);
    heard.expectMessage("message 0");
    heard.expectMessage("message 1");
    await(() -> assertThat(closings).hasValue(2)); // The third has had its turn.
    heard.expectNoMessage(Duration.ofMillis(50));
    assertThat(tally.status().kept()).isEqualTo(2);
  }

  @Test
  void a_timer_waits_like_a_message() {
    AtomicInteger ticks = new AtomicInteger();
    ActorRef<Object> instance =
        spawn(
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay("tick", "tick", Duration.ofMillis(5));
                  return Behaviors.receiveMessage(
                      message -> {
                        ticks.incrementAndGet();
                        return Behaviors.same();
                      });
                }),
            1_000);
    await(() -> assertThat(ticks).hasPositiveValue());
    mayAct = false;
    awaitKept(1);
    int handled = ticks.get();
    awaitKept(5);
    assertThat(ticks).hasValue(handled);
    mayAct = true;
    instance.tell(Gate.Command.OPEN);
    await(() -> assertThat(ticks).hasValueGreaterThan(handled + 5));
  }

  @Test
  void a_signal_that_comes_while_closed_is_heard_on_opening() {
    ActorRef<String> watched =
        kit.spawn(Behaviors.<String>receiveMessage(message -> Behaviors.stopped()));
    Behavior<String> watcher =
        Behaviors.setup(
            context -> {
              context.watch(watched);
              return Behaviors.receive(String.class)
                  .onMessage(String.class, this::say)
                  .onSignal(Terminated.class, terminated -> say("it has stopped"))
                  .build();
            });
    ActorRef<Object> instance = spawn(watcher, 1);
    instance.tell("hello");
    heard.expectMessage("hello");
    mayAct = false;
    instance.tell("before it");
    awaitKept(1);
    watched.tell("stop");
    awaitKept(2);
    instance.tell("after it"); // There is room for one message: the oldest makes place.
    await(() -> assertThat(tally.status().dropped()).isEqualTo(1));
    mayAct = true;
    instance.tell(Gate.Command.OPEN);
    heard.expectMessage("it has stopped");
    heard.expectMessage("after it");
  }

  @Test
  void the_gate_stays_outermost_when_the_behaviour_changes() {
    ActorRef<Object> instance = spawn(changing(0), 10);
    instance.tell("a");
    heard.expectMessage("0 a");
    instance.tell("b");
    heard.expectMessage("1 b");
    mayAct = false;
    instance.tell("c");
    instance.tell("d");
    awaitKept(2);
    heard.expectNoMessage(Duration.ofMillis(50));
    mayAct = true;
    instance.tell(Gate.Command.OPEN);
    heard.expectMessage("2 c");
    heard.expectMessage("3 d");
  }

  @Test
  void a_behaviour_may_stash() {
    ActorRef<Object> instance =
        spawn(
            Behaviors.withStash(
                10,
                stash ->
                    Behaviors.receiveMessage(
                        message -> {
                          if (message.equals("open")) {
                            return stash.unstashAll(echo());
                          }
                          stash.stash(message);
                          return say("stashed");
                        })),
            10);
    instance.tell("one");
    instance.tell("two");
    heard.expectMessage("stashed");
    heard.expectMessage("stashed");
    mayAct = false;
    instance.tell("open");
    awaitKept(1);
    heard.expectNoMessage(Duration.ofMillis(50));
    mayAct = true;
    instance.tell(Gate.Command.OPEN);
    heard.expectMessage("one");
    heard.expectMessage("two");
    mayAct = false;
    instance.tell("three");
    awaitKept(1);
  }

  @Test
  void adapters_and_asynchronous_results_wait_too() {
    CountDownLatch go = new CountDownLatch(1);
    Behavior<String> asking =
        Behaviors.setup(
            context -> {
              ActorRef<Integer> adapter =
                  context.messageAdapter(Integer.class, number -> "number " + number);
              context.pipeToSelf(
                  CompletableFuture.supplyAsync(
                      () -> {
                        awaitQuietly(go);
                        return "result";
                      }),
                  (result, failure) -> result);
              adapter.tell(7);
              return echo();
            });
    ActorRef<Object> instance = spawn(asking, 10);
    heard.expectMessage("number 7");
    mayAct = false;
    go.countDown();
    awaitKept(1);
    mayAct = true;
    instance.tell(Gate.Command.OPEN);
    heard.expectMessage("result");
  }

  @Test
  void the_oldest_messages_are_dropped_and_counted() {
    ActorRef<Object> instance = spawn(echo(), 2);
    mayAct = false;
    for (int i = 0; i < 5; i++) {
      instance.tell("message " + i);
    }
    await(() -> assertThat(tally.status().dropped()).isEqualTo(3));
    assertThat(tally.status().kept()).isEqualTo(2);
    mayAct = true;
    instance.tell(Gate.Command.OPEN);
    heard.expectMessage("message 3");
    heard.expectMessage("message 4");
  }

  @Test
  void an_unhandled_message_that_waited_is_reported_as_itself() {
    TestProbe<UnhandledMessage> unhandled = kit.createTestProbe(UnhandledMessage.class);
    subscribe(unhandled, UnhandledMessage.class);
    ActorRef<Object> instance =
        spawn(Behaviors.<String>receiveMessage(message -> Behaviors.unhandled()), 10);
    mayAct = false;
    instance.tell("for nobody");
    awaitKept(1);
    mayAct = true;
    instance.tell(Gate.Command.OPEN);
    assertThat(unhandled.receiveMessage().message()).isEqualTo("for nobody");
  }

  @Test
  void a_persistent_instance_gets_all_answers_of_its_journal() {
    ActorRef<Object> instance = spawn(Behaviors.setup(context -> new Log()), 0);
    instance.tell("one");
    heard.expectMessage("persisted one, of 1");
    instance.tell("close");
    awaitKept(2); // The answers to one write; there is no room for messages.
    heard.expectNoMessage(Duration.ofMillis(50));
    mayAct = true;
    instance.tell(Gate.Command.OPEN);
    heard.expectMessage("persisted close, of 2");
    instance.tell("three");
    heard.expectMessage("persisted three, of 3");
  }

  private final class Log extends EventSourcedBehavior<String, String, Integer> {
    Log() {
      super(PersistenceId.ofUniqueId("log"));
    }

    @Override
    public Integer emptyState() {
      return 0;
    }

    @Override
    public CommandHandler<String, String, Integer> commandHandler() {
      return (count, command) -> {
        mayAct = !command.equals("close");
        return Effect()
            .persist(command)
            .thenRun(now -> heard.ref().tell("persisted " + command + ", of " + now));
      };
    }

    @Override
    public EventHandler<Integer, String> eventHandler() {
      return (count, event) -> count + 1;
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

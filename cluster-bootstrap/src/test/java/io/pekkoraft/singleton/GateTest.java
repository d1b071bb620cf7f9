package io.pekkoraft.singleton;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.DeadLetter;
import org.apache.pekko.actor.UnhandledMessage;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What passes an instance's gate, and when. */
class GateTest {
  private static final ActorTestKit kit =
      ActorTestKit.create(
          ConfigFactory.parseString(
                  """
                  pekko.persistence.journal.plugin = "pekko.persistence.journal.inmem"
                  pekko.persistence.snapshot-store.plugin = "pekko.persistence.no-snapshot-store"
                  """)
              .withFallback(ConfigFactory.load()));

  private final TestProbe<String> heard = kit.createTestProbe(String.class);
  private final Tally tally = new Tally("one", kit.system(), System::nanoTime);
  private final AtomicInteger closings = new AtomicInteger();
  private volatile boolean mayAct = true;

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
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
    heard.expectNoMessage(Duration.ofMillis(50));
    assertThat(tally.status().kept()).isEqualTo(2);
    assertThat(closings).hasValue(2);
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
                          return Behaviors.same();
                        })),
            10);
    instance.tell("one");
    instance.tell("two");
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

  private ActorRef<Object> spawn(Behavior<String> behavior, int bufferSize) {
    return kit.spawn(gated(behavior, () -> mayAct, Optional.empty(), bufferSize));
  }

  private Behavior<Object> gated(
      Behavior<String> behavior,
      BooleanSupplier lease,
      Optional<String> stopMessage,
      int bufferSize) {
    return Gate.around(behavior, lease, stopMessage, bufferSize, closings::incrementAndGet, tally);
  }

  private Behavior<String> say(String text) {
    heard.ref().tell(text);
    return Behaviors.same();
  }

  private Behavior<String> echo() {
    return Behaviors.receiveMessage(this::say);
  }

  private Behavior<String> echoThatSaysStarted() {
    return Behaviors.setup(
        context -> {
          say("started");
          return echo();
        });
  }

  private Behavior<String> changing(int number) {
    return Behaviors.receiveMessage(
        message -> {
          say(number + " " + message);
          return Behaviors.setup(context -> changing(number + 1));
        });
  }

  /** The typed event stream would subscribe some time later. */
  private static <T> void subscribe(TestProbe<T> probe, Class<T> events) {
    Adapter.toClassic(kit.system()).eventStream().subscribe(Adapter.toClassic(probe.ref()), events);
  }

  private void awaitKept(int count) {
    await(() -> assertThat(tally.status().kept()).isGreaterThanOrEqualTo(count));
  }

  private void await(Runnable assertion) {
    heard.awaitAssert(
        Duration.ofSeconds(20),
        () -> {
          assertion.run();
          return true;
        });
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

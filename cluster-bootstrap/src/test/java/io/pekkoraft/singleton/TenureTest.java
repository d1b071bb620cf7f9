package io.pekkoraft.singleton;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.pekkoraft.session.Session.Location;
import io.pekkoraft.session.Session.Offer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An instance from its assignment to its end, and what its proxy does meanwhile. */
class TenureTest {
  private static final String NAME = "singleton/one";
  private static final Duration SHORT = Duration.ofMillis(80);

  private final ActorTestKit kit =
      ActorTestKit.create(
          ConfigFactory.parseString("pekko-raft.singleton.buffer-size = 3")
              .withFallback(ConfigFactory.load()));
  private final TestProbe<String> heard = kit.createTestProbe(String.class);
  private final ScriptedSession session = new ScriptedSession();
  private final RaftSingleton singletons = new RaftSingleton(kit.system(), session);
  private final CountDownLatch handlerMayReturn = new CountDownLatch(1);
  private final BlockingQueue<OptionalLong> tokenAtTheStart = new LinkedBlockingQueue<>();
  private ActorRef<String> proxy = heard.ref();

  @BeforeEach
  void init() {
    proxy =
        singletons.init(
            RaftSingletonActor.of(this::instance, "one").withStopMessage("stop, please"));
    await(() -> assertThat(session.offers).containsKey(NAME));
  }

  @AfterEach
  void stop() {
    handlerMayReturn.countDown();
    kit.shutdownTestKit();
  }

  /** Says what it is told, with its token; stops some time after it was asked to. */
  private Behavior<String> instance(FencingToken token) {
    return Behaviors.setup(
        context -> {
          tokenAtTheStart.add(status().token());
          say(token, "started");
          return Behaviors.receive(String.class)
              .onMessageEquals("stop", Behaviors::stopped)
              .onMessageEquals("fail", TenureTest::fail)
              .onMessageEquals("hang", this::hang)
              .onMessage(String.class, message -> say(token, message))
              .onSignal(PostStop.class, stopped -> say(token, "stopped"))
              .build();
        });
  }

  private Behavior<String> say(FencingToken token, String text) {
    heard.ref().tell(token.value() + " " + text);
    return Behaviors.same();
  }

  private static Behavior<String> fail() {
    throw new IllegalStateException("as the test asked for");
  }

  private Behavior<String> hang() throws InterruptedException {
    heard.ref().tell("hangs");
    handlerMayReturn.await();
    return Behaviors.same();
  }

  @Test
  void an_assigned_name_is_started_with_its_token_and_found_by_the_proxy() throws Exception {
    proxy.tell("early");
    await(() -> assertThat(status().buffered()).isEqualTo(1));
    Location location = assign(7);
    assertThat(location.token()).isEqualTo(7);
    assertThat(location.actorPath()).contains("/7#");
    heard.expectMessage("7 started");
    assertThat(tokenAtTheStart.poll(20, TimeUnit.SECONDS)).isEqualTo(OptionalLong.of(7));
    assertThat(status().token()).isEqualTo(OptionalLong.of(7));
    session.located(NAME, Optional.of(location));
    heard.expectMessage("7 early");
    proxy.tell("late");
    heard.expectMessage("7 late");
    assertThat(status().actingAt()).contains(location.actorPath());
  }

  @Test
  void an_instance_whose_lease_is_over_before_it_starts_does_not_start() throws Exception {
    offer().assigned(7);
    assertThat(session.acting.poll(20, TimeUnit.SECONDS)).isNotNull();
    await(() -> assertThat(status().paused()).isTrue());
    heard.expectNoMessage(SHORT);
    offer().lost(7);
    await(() -> assertThat(status().token()).isEmpty());
    heard.expectNoMessage(SHORT);
  }

  @Test
  void it_is_released_only_when_it_has_stopped() throws Exception {
    session.located(NAME, Optional.of(assign(7)));
    heard.expectMessage("7 started");
    offer().handOver(7);
    heard.expectMessage("7 stop, please");
    heard.expectNoMessage(SHORT);
    assertThat(session.released).isEmpty();
    instanceOf(7).tell("stop");
    heard.expectMessage("7 stopped");
    assertThat(session.released.poll(20, TimeUnit.SECONDS)).isEqualTo(7);
  }

  @Test
  void a_handler_that_does_not_return_is_not_released_over() throws Exception {
    session.located(NAME, Optional.of(assign(7)));
    proxy.tell("hang");
    heard.expectMessage("7 started");
    heard.expectMessage("hangs");
    offer().handOver(7);
    heard.expectNoMessage(SHORT);
    assertThat(session.released).isEmpty();
    handlerMayReturn.countDown();
    heard.expectMessage("7 stop, please");
    instanceOf(7).tell("stop");
    assertThat(session.released.poll(20, TimeUnit.SECONDS)).isEqualTo(7);
  }

  @Test
  void what_comes_after_a_hand_over_began_goes_to_the_next() throws Exception {
    session.located(NAME, Optional.of(assign(7)));
    proxy.tell("one");
    heard.expectMessage("7 started");
    heard.expectMessage("7 one");
    offer().handOver(7);
    heard.expectMessage("7 stop, please");
    proxy.tell("two");
    ActorRef<Object> door = door(7); // As a proxy of another node that does not know yet.
    door.tell("three");
    await(() -> assertThat(status().buffered()).isEqualTo(2));
    instanceOf(7).tell("stop");
    heard.expectMessage("7 stopped");
    session.located(NAME, Optional.of(assign(9)));
    heard.expectMessage("9 started");
    heard.expectMessage("9 two");
    heard.expectMessage("9 three");
    door.tell("very late");
    heard.expectMessage("9 very late");
  }

  @Test
  void a_lost_instance_handles_nothing_any_more() throws Exception {
    session.located(NAME, Optional.of(assign(7)));
    proxy.tell("hang");
    heard.expectMessage("7 started");
    heard.expectMessage("hangs");
    instanceOf(7).tell("behind it");
    session.holdNothing(NAME);
    proxy.tell("after the end of the lease");
    await(() -> assertThat(status().paused()).isTrue());
    offer().lost(7);
    handlerMayReturn.countDown();
    heard.expectMessage("7 stopped");
    session.located(NAME, Optional.of(assign(9))); // Said by the host when it knows of the end.
    assertThat(session.released).isEmpty();
    heard.expectMessage("9 started");
    heard.expectMessage("9 after the end of the lease");
    heard.expectNoMessage(SHORT); // "behind it" was in its mailbox and is lost.
  }

  @Test
  void the_next_tenure_here_waits_until_the_instance_of_the_last_has_stopped() throws Exception {
    session.located(NAME, Optional.of(assign(7)));
    proxy.tell("hang");
    heard.expectMessage("7 started");
    heard.expectMessage("hangs");
    session.holdNothing(NAME);
    offer().lost(7);
    session.hold(NAME, 9);
    offer().assigned(9);
    heard.expectNoMessage(SHORT);
    assertThat(session.acting).isEmpty();
    handlerMayReturn.countDown();
    heard.expectMessage("7 stopped");
    heard.expectMessage("9 started");
  }

  @Test
  void a_next_tenure_that_never_began_is_given_back_at_once() throws Exception {
    session.located(NAME, Optional.of(assign(7)));
    proxy.tell("hang");
    heard.expectMessage("7 started");
    heard.expectMessage("hangs");
    session.holdNothing(NAME);
    offer().lost(7);
    offer().assigned(9);
    offer().handOver(9);
    assertThat(session.released.poll(20, TimeUnit.SECONDS)).isEqualTo(9);
    handlerMayReturn.countDown();
    heard.expectMessage("7 stopped");
    heard.expectNoMessage(SHORT);
  }

  @Test
  void a_pause_keeps_messages_and_ends_by_itself() throws Exception {
    session.located(NAME, Optional.of(assign(7)));
    heard.expectMessage("7 started");
    session.holdNothing(NAME);
    offer().lapsed(7);
    await(() -> assertThat(status().paused()).isTrue());
    proxy.tell("one");
    proxy.tell("two");
    await(() -> assertThat(status().kept()).isEqualTo(2));
    heard.expectNoMessage(SHORT);
    session.hold(NAME, 7); // Nobody says that it is resumed.
    heard.expectMessage("7 one");
    heard.expectMessage("7 two");
    await(() -> assertThat(status().paused()).isFalse());
    assertThat(status().pauses()).isEqualTo(1);
    assertThat(status().kept()).isZero();
  }

  @Test
  void while_paused_the_oldest_messages_are_dropped_and_counted() throws Exception {
    session.located(NAME, Optional.of(assign(7)));
    heard.expectMessage("7 started");
    session.holdNothing(NAME);
    for (int i = 0; i < 5; i++) {
      proxy.tell("message " + i);
    }
    await(() -> assertThat(status().dropped()).isEqualTo(2));
    session.hold(NAME, 7);
    offer().resumed(7);
    for (int i = 2; i < 5; i++) {
      heard.expectMessage("7 message " + i);
    }
  }

  @Test
  void an_instance_that_stops_by_itself_stays_gone_until_it_is_moved() throws Exception {
    session.located(NAME, Optional.of(assign(7)));
    heard.expectMessage("7 started");
    proxy.tell("stop");
    heard.expectMessage("7 stopped");
    await(() -> assertThat(status().token()).isEmpty());
    proxy.tell("one");
    heard.expectNoMessage(SHORT);
    assertThat(session.released).isEmpty();
    offer().handOver(7);
    assertThat(session.released.poll(20, TimeUnit.SECONDS)).isEqualTo(7);
    session.located(NAME, Optional.of(assign(9)));
    heard.expectMessage("9 started");
    heard.expectMessage("9 one");
  }

  @Test
  void an_instance_that_fails_stays_gone_until_it_is_moved() throws Exception {
    session.located(NAME, Optional.of(assign(7)));
    heard.expectMessage("7 started");
    proxy.tell("fail");
    heard.expectMessage("7 stopped");
    await(() -> assertThat(status().token()).isEmpty());
    proxy.tell("one");
    await(() -> assertThat(status().buffered()).isEqualTo(1));
    offer().lost(7);
    session.located(NAME, Optional.of(assign(9)));
    heard.expectMessage("9 started");
    heard.expectMessage("9 one");
  }

  @Test
  void the_proxy_keeps_the_newest_messages_while_nobody_acts() throws Exception {
    for (int i = 0; i < 5; i++) {
      proxy.tell("message " + i);
    }
    await(() -> assertThat(status().dropped()).isEqualTo(2));
    await(() -> assertThat(status().buffered()).isEqualTo(3));
    session.located(NAME, Optional.of(assign(7)));
    heard.expectMessage("7 started");
    for (int i = 2; i < 5; i++) {
      heard.expectMessage("7 message " + i);
    }
    assertThat(status().buffered()).isZero();
  }

  @Test
  void the_proxy_never_goes_back_to_an_older_tenure() {
    TestProbe<String> seven = kit.createTestProbe(String.class);
    TestProbe<String> nine = kit.createTestProbe(String.class);
    session.located(NAME, Optional.of(at(seven, 7)));
    proxy.tell("one");
    seven.expectMessage("one");
    session.located(NAME, Optional.of(at(nine, 9)));
    proxy.tell("two");
    nine.expectMessage("two");
    session.located(NAME, Optional.of(at(seven, 7))); // Old news.
    proxy.tell("three");
    nine.expectMessage("three");
    session.located(NAME, Optional.empty());
    session.located(NAME, Optional.of(at(seven, 7)));
    proxy.tell("four");
    seven.expectNoMessage(SHORT);
    session.located(NAME, Optional.of(at(nine, 9)));
    nine.expectMessage("four");
  }

  @Test
  void the_proxy_does_not_go_back_to_a_tenure_that_has_ended_here() throws Exception {
    Location seven = assign(7);
    session.located(NAME, Optional.of(seven));
    proxy.tell("stop");
    heard.expectMessage("7 started");
    heard.expectMessage("7 stopped");
    await(() -> assertThat(status().actingAt()).isEmpty());
    session.located(NAME, Optional.of(seven));
    proxy.tell("one");
    await(() -> assertThat(status().buffered()).isEqualTo(1));
  }

  private Location at(TestProbe<String> probe, long token) {
    return new Location(
        token, ActorRefResolver.get(kit.system()).toSerializationFormat(probe.ref()));
  }

  private Location assign(long token) throws InterruptedException {
    session.hold(NAME, token);
    offer().assigned(token);
    Location location = session.acting.poll(20, TimeUnit.SECONDS);
    assertThat(location).isNotNull();
    return location;
  }

  private Offer offer() {
    return session.offered(NAME);
  }

  private ActorRef<Object> door(long token) {
    return resolve("/system/pekko-raft-singleton-host-one/" + token);
  }

  private ActorRef<Object> instanceOf(long token) {
    return resolve("/system/pekko-raft-singleton-host-one/" + token + "/instance");
  }

  private ActorRef<Object> resolve(String path) {
    return ActorRefResolver.get(kit.system()).resolveActorRef(kit.system().address() + path);
  }

  private SingletonStatus status() {
    return singletons.status("one").orElseThrow();
  }

  private void await(Runnable assertion) {
    heard.awaitAssert(
        Duration.ofSeconds(20),
        () -> {
          assertion.run();
          return true;
        });
  }
}

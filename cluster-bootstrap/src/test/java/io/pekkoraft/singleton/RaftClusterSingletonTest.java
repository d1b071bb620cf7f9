package io.pekkoraft.singleton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.session.Session.Location;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.ClusterSingletonSettings;
import org.apache.pekko.cluster.typed.SingletonActor;
import org.apache.pekko.coordination.lease.LeaseUsageSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import scala.concurrent.duration.FiniteDuration;

/** An application of Pekko's {@code ClusterSingleton}, unchanged, served by ours. */
class RaftClusterSingletonTest {
  private static final Config CLUSTER =
      ConfigFactory.parseString(
              """
              pekko.actor.provider = cluster
              pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
              pekko.cluster.roles = [ backend ]
              pekko.cluster.multi-data-center.self-data-center = here
              """)
          .withFallback(ConfigFactory.load());

  private final ScriptedSession session = new ScriptedSession();
  private final ActorSystem<Void> system =
      ActorSystem.create(
          Behaviors.empty(),
          "bridge",
          ActorSystemSetup.create(
              BootstrapSetup.create(CLUSTER),
              RaftClusterSingleton.setup(),
              new ScriptedSetup(session)));
  private final TestProbe<String> heard = TestProbe.create(String.class, system);

  @AfterEach
  void stop() {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().join();
  }

  private Behavior<String> counter() {
    return Behaviors.receive(String.class)
        .onMessageEquals("goodbye", Behaviors::stopped)
        .onMessage(
            String.class,
            message -> {
              heard.ref().tell(message);
              return Behaviors.same();
            })
        .onSignal(
            PostStop.class,
            signal -> {
              heard.ref().tell("stopped");
              return Behaviors.same();
            })
        .build();
  }

  @Test
  void init_of_pekko_is_served_by_the_session() throws Exception {
    ActorRef<String> proxy =
        ClusterSingleton.get(system)
            .init(
                SingletonActor.of(counter(), "GlobalCounter")
                    .withStopMessage("goodbye")
                    .withProps(DispatcherSelector.defaultDispatcher()));
    assertThat(ClusterSingleton.get(system).init(SingletonActor.of(counter(), "GlobalCounter")))
        .isSameAs(proxy);
    proxy.tell("one");
    assign("singleton/GlobalCounter", 7);
    heard.expectMessage("one");
    session.offered("singleton/GlobalCounter").handOver(7);
    heard.expectMessage("stopped");
    assertThat(session.released.poll(20, TimeUnit.SECONDS)).isEqualTo(7);
  }

  @Test
  void without_a_stop_message_it_is_stopped() throws Exception {
    ActorRef<String> proxy =
        ClusterSingleton.get(system).init(SingletonActor.of(counter(), "GlobalCounter"));
    assign("singleton/GlobalCounter", 7);
    proxy.tell("one");
    heard.expectMessage("one");
    session.offered("singleton/GlobalCounter").handOver(7);
    heard.expectMessage("stopped");
    assertThat(session.released.poll(20, TimeUnit.SECONDS)).isEqualTo(7);
  }

  @Test
  void roles_and_buffers_are_taken_over() {
    ClusterSingletonSettings settings = ClusterSingletonSettings.create(system);
    ClusterSingleton.get(system)
        .init(SingletonActor.of(counter(), "here").withSettings(settings.withRole("backend")));
    ActorRef<String> elsewhere =
        ClusterSingleton.get(system)
            .init(
                SingletonActor.of(counter(), "elsewhere")
                    .withSettings(settings.withRole("frontend").withBufferSize(1)));
    heard.awaitAssert(
        () -> {
          assertThat(session.offers).containsOnlyKeys("singleton/here");
          return true;
        });
    elsewhere.tell("one");
    elsewhere.tell("two");
    heard.awaitAssert(
        () -> {
          assertThat(RaftSingleton.get(system).status("elsewhere").orElseThrow().dropped())
              .isEqualTo(1);
          return true;
        });
  }

  @Test
  void another_data_center_is_refused_and_this_one_and_leases_are_warned_about() {
    ClusterSingletonSettings settings = ClusterSingletonSettings.create(system);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> init("one", settings.withDataCenter("there")))
        .withMessageContaining("there");
    LoggingTestKit.warn("data center 'here' is not used")
        .expect(system, () -> init("two", settings.withDataCenter("here")));
    LeaseUsageSettings lease =
        new LeaseUsageSettings("some.lease", FiniteDuration.apply(1, TimeUnit.SECONDS));
    LoggingTestKit.warn("lease of its settings")
        .expect(system, () -> init("three", settings.withLeaseSettings(lease)));
  }

  private ActorRef<String> init(String name, ClusterSingletonSettings settings) {
    return ClusterSingleton.get(system)
        .init(SingletonActor.of(counter(), name).withSettings(settings));
  }

  /** Pekko does not promise that {@code ClusterSingleton} can be replaced: look at each version. */
  @Test
  void this_version_of_pekko_is_the_one_that_the_bridge_knows() {
    assertThat(
            Arrays.stream(ClusterSingleton.class.getMethods())
                .filter(method -> Modifier.isAbstract(method.getModifiers()))
                .map(Method::toString))
        .containsExactly(
            "public abstract org.apache.pekko.actor.typed.ActorRef"
                + " org.apache.pekko.cluster.typed.ClusterSingleton.init("
                + "org.apache.pekko.cluster.typed.SingletonActor)");
    assertThat(fields(SingletonActor.class))
        .containsExactlyInAnyOrder("behavior", "name", "props", "stopMessage", "settings");
    assertThat(fields(ClusterSingletonSettings.class))
        .containsExactlyInAnyOrder(
            "role",
            "dataCenter",
            "singletonIdentificationInterval",
            "removalMargin",
            "handOverRetryInterval",
            "bufferSize",
            "leaseSettings");
    assertThat(
            Arrays.stream(ClusterSingleton.class.getDeclaredConstructors())
                .map(Constructor::getParameterCount))
        .containsExactly(0);
  }

  private static String[] fields(Class<?> type) {
    return Arrays.stream(type.getDeclaredFields())
        .filter(field -> !Modifier.isStatic(field.getModifiers()))
        .map(Field::getName)
        .toArray(String[]::new);
  }

  private void assign(String name, long token) throws InterruptedException {
    heard.awaitAssert(
        Duration.ofSeconds(20),
        () -> {
          assertThat(session.offers).containsKey(name);
          return true;
        });
    session.hold(name, token);
    session.offered(name).assigned(token);
    Location location = session.acting.poll(20, TimeUnit.SECONDS);
    assertThat(location).isNotNull();
    session.located(name, Optional.of(location));
  }
}

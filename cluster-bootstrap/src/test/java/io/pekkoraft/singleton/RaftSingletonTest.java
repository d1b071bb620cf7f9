package io.pekkoraft.singleton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.typesafe.config.ConfigFactory;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What may be given to {@code init}, and who hosts it. */
class RaftSingletonTest {
  private final ScriptedSession session = new ScriptedSession();
  private ActorTestKit kit = ActorTestKit.create();

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void a_name_is_started_once_in_a_process() {
    RaftSingleton singletons = singletons("");
    ActorRef<String> proxy = singletons.init(singleton("one"));
    assertThat(singletons.<String>init(singleton("one"))).isSameAs(proxy);
    assertThat(singletons.<String>init(singleton("two"))).isNotEqualTo(proxy);
    awaitOffers("singleton/one", "singleton/two");
  }

  @Test
  void names_may_not_be_confused_by_their_actors() {
    RaftSingleton singletons = singletons("");
    ActorRef<String> one = singletons.init(singleton("one"));
    ActorRef<String> confusing = singletons.init(singleton("proxy-one"));
    assertThat(confusing).isNotEqualTo(one);
    singletons.init(singleton("host-one"));
  }

  @Test
  void one_name_cannot_have_two_roles() {
    RaftSingleton singletons = singletons("pekko-raft.singleton.roles = [ backend ]");
    RaftSingletonSettings settings = RaftSingletonSettings.create(kit.system());
    singletons.init(singleton("one").withSettings(settings.withRole("backend")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> singletons.init(singleton("one")))
        .withMessageContaining("backend")
        .withMessageContaining("any");
  }

  @Test
  void only_processes_with_the_role_offer_to_host() {
    RaftSingleton singletons =
        singletons(
            """
            pekko.cluster.roles = [ frontend ]
            pekko-raft.singleton.roles = [ reports ]
            """);
    RaftSingletonSettings settings = RaftSingletonSettings.create(kit.system());
    singletons.init(singleton("of-cluster").withSettings(settings.withRole("frontend")));
    singletons.init(singleton("of-ours").withSettings(settings.withRole("reports")));
    singletons.init(singleton("other").withSettings(settings.withRole("backend")));
    awaitOffers("singleton/of-cluster", "singleton/of-ours");
    assertThat(singletons.status("other").orElseThrow().offered()).isFalse();
  }

  @Test
  void a_name_must_be_that_of_an_actor_and_short() {
    assertThatIllegalArgumentException().isThrownBy(() -> singleton(""));
    assertThatIllegalArgumentException().isThrownBy(() -> singleton("a/b"));
    assertThatIllegalArgumentException().isThrownBy(() -> singleton("Zähler"));
    singleton("a".repeat(200));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> singleton("a".repeat(201)))
        .withMessageContaining("200");
  }

  @Test
  void a_name_that_is_not_on_the_closed_list_is_refused() {
    RaftSingleton singletons = singletons("pekko-raft.singleton.names = [ one, two ]");
    singletons.init(singleton("two"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> singletons.init(singleton("tow")))
        .withMessageContaining("pekko-raft.singleton.names")
        .withMessageContaining("tow");
  }

  @Test
  void a_stop_message_may_be_required() {
    RaftSingletonActor<String> without = RaftSingletonActor.of(Behaviors.empty(), "one");
    RaftSingleton strict = singletons("");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> strict.init(without))
        .withMessageContaining("withStopMessage")
        .withMessageContaining("pekko-raft.singleton.require-stop-message");
    kit.shutdownTestKit();
    singletons("pekko-raft.singleton.require-stop-message = off").init(without);
  }

  @Test
  void a_buffer_cannot_be_negative() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> singletons("pekko-raft.singleton.buffer-size = -1"))
        .withMessageContaining("pekko-raft.singleton.buffer-size");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RaftSingletonSettings.of(1).withBufferSize(-1));
  }

  @Test
  void the_status_of_an_unknown_name_is_empty() {
    assertThat(singletons("").status("one")).isEmpty();
  }

  private RaftSingleton singletons(String configuration) {
    kit.shutdownTestKit();
    kit =
        ActorTestKit.create(
            ConfigFactory.parseString(configuration).withFallback(ConfigFactory.load()));
    return new RaftSingleton(kit.system(), session);
  }

  private void awaitOffers(String... names) {
    kit.createTestProbe()
        .awaitAssert(
            () -> {
              assertThat(session.offers).containsOnlyKeys(names);
              return true;
            });
  }

  private static RaftSingletonActor<String> singleton(String name) {
    Behavior<String> behavior = Behaviors.ignore();
    return RaftSingletonActor.of(behavior, name).withStopMessage("stop");
  }
}

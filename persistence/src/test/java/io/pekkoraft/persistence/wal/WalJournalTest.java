package io.pekkoraft.persistence.wal;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.persistence.file.DirectoryInUseException;
import io.pekkoraft.persistence.file.DirectoryStorage;
import io.pekkoraft.persistence.file.MemoryStorage;
import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.persistence.AbstractPersistentActor;
import org.apache.pekko.serialization.JSerializer;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Option;

/** The journal as persistent actors see it, on a real disk. */
class WalJournalTest {
  @TempDir Path directory;
  private final List<ActorSystem> systems = new ArrayList<>();

  /** Persists what it is told, and tells everything to a probe. */
  private static final class Keeper extends AbstractPersistentActor {
    private final String id;
    private final ActorRef probe;

    Keeper(String id, ActorRef probe) {
      this.id = id;
      this.probe = probe;
    }

    @Override
    public String persistenceId() {
      return id;
    }

    @Override
    public Receive createReceiveRecover() {
      return receiveBuilder()
          .match(String.class, event -> probe.tell("recovered " + event, self()))
          .build();
    }

    @Override
    public Receive createReceive() {
      return receiveBuilder()
          .match(Long.class, to -> deleteMessages(to))
          .match(
              Strange.class, event -> persist(event, stored -> probe.tell("persisted it", self())))
          .match(
              String.class,
              event -> persist(event, stored -> probe.tell("persisted " + stored, self())))
          .matchAny(other -> probe.tell(other.getClass().getSimpleName(), self()))
          .build();
    }

    @Override
    public void onRecoveryFailure(Throwable cause, Option<Object> event) {
      probe.tell(cause, self());
    }

    @Override
    public void onPersistFailure(Throwable cause, Object event, long sequenceNr) {
      probe.tell(cause, self());
    }

    @Override
    public void onPersistRejected(Throwable cause, Object event, long sequenceNr) {
      probe.tell("rejected", self());
    }
  }

  private ActorSystem start(Map<String, Object> more) {
    Config config =
        ConfigFactory.parseMap(more)
            .withFallback(
                ConfigFactory.parseMap(
                    Map.of(
                        "pekko.persistence.journal.plugin", "pekko-raft.persistence.journal",
                        "pekko.persistence.snapshot-store.plugin",
                            "pekko.persistence.no-snapshot-store",
                        "pekko-raft.persistence.journal.directory",
                            directory.resolve("wal").toString(),
                        "pekko-raft.persistence.journal.segment-size", "256 KiB",
                        "pekko.loglevel", "WARNING")))
            .withFallback(ConfigFactory.load());
    ActorSystem system = ActorSystem.create("journal", config);
    systems.add(system);
    return system;
  }

  @AfterEach
  void stop() {
    systems.forEach(TestKit::shutdownActorSystem);
  }

  private static ActorRef keeper(ActorSystem system, String id, TestKit probe) {
    return system.actorOf(Props.create(Keeper.class, () -> new Keeper(id, probe.getRef())));
  }

  @Test
  void events_survive_the_actor_system() {
    ActorSystem first = start(Map.of());
    TestKit probe = new TestKit(first);
    ActorRef keeper = keeper(first, "../a", probe);
    for (int i = 1; i <= 5; i++) {
      keeper.tell("event " + i, ActorRef.noSender());
      probe.expectMsgEquals("persisted event " + i);
    }
    keeper.tell(2L, ActorRef.noSender());
    probe.expectMsgEquals("DeleteMessagesSuccess");
    TestKit.shutdownActorSystem(first);

    ActorSystem second = start(Map.of());
    TestKit after = new TestKit(second);
    ActorRef again = keeper(second, "../a", after);
    after.expectMsgEquals("recovered event 3");
    after.expectMsgEquals("recovered event 4");
    after.expectMsgEquals("recovered event 5");
    again.tell("event 6", ActorRef.noSender());
    after.expectMsgEquals("persisted event 6");
  }

  /** An event that its serializer takes for a mistake. */
  private record Strange() {}

  /** Asserts that it is never asked. */
  public static final class StrangeSerializer extends JSerializer {
    @Override
    public int identifier() {
      return 4711;
    }

    @Override
    public byte[] toBinary(Object object) {
      throw new AssertionError("no such event");
    }

    @Override
    public boolean includeManifest() {
      return false;
    }

    @Override
    public Object fromBinaryJava(byte[] bytes, Class<?> manifest) {
      throw new AssertionError("no such event");
    }
  }

  @Test
  void an_event_at_which_an_assertion_fails_is_rejected_alone() {
    ActorSystem system =
        start(
            Map.of(
                "pekko.actor.serializers.strange",
                StrangeSerializer.class.getName(),
                "pekko.actor.serialization-bindings",
                Map.of("\"" + Strange.class.getName() + "\"", "strange")));
    TestKit probe = new TestKit(system);
    keeper(system, "a", probe).tell(new Strange(), ActorRef.noSender());
    probe.expectMsgEquals("rejected");
    keeper(system, "b", probe).tell("x", ActorRef.noSender());
    probe.expectMsgEquals("persisted x");
  }

  @Test
  void actors_share_flushes() {
    ActorSystem system = start(Map.of());
    TestKit probe = new TestKit(system);
    List<ActorRef> keepers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      keepers.add(keeper(system, "id-" + i, probe));
    }
    long events = 0;
    long flushes = 0;
    // How many events meet at the disk is up to the machine: in one of many bursts they do.
    for (int burst = 0; burst < 20 && flushes * 5 >= events * 4; burst++) {
      WalCounters before = burst == 0 ? new WalCounters(0, 0, 0, 0) : counters(system);
      for (int round = 0; round < 10; round++) {
        keepers.forEach(keeper -> keeper.tell("x", ActorRef.noSender()));
      }
      probe.receiveN(500, Duration.ofMinutes(1));
      events = counters(system).events() - before.events();
      flushes = counters(system).flushes() - before.flushes();
      assertThat(events).isEqualTo(500);
    }
    assertThat(flushes).isLessThan(events * 4 / 5);
  }

  private WalCounters counters(ActorSystem system) {
    return WalStores.get(system).counters(directory.resolve("wal"));
  }

  @Test
  void a_directory_in_use_is_told_to_the_actors() {
    ActorSystem first = start(Map.of());
    TestKit probe = new TestKit(first);
    keeper(first, "a", probe).tell("x", ActorRef.noSender());
    probe.expectMsgEquals("persisted x");

    ActorSystem second = start(Map.of());
    TestKit refused = new TestKit(second);
    keeper(second, "a", refused);
    Throwable failure = refused.expectMsgClass(Throwable.class);
    assertThat(failure).hasRootCauseInstanceOf(DirectoryInUseException.class);
  }

  @Test
  void a_missing_setting_is_told_to_the_actors() {
    ActorSystem system = start(Map.of("pekko-raft.persistence.journal.directory", ""));
    TestKit probe = new TestKit(system);
    keeper(system, "a", probe);
    assertThat(probe.expectMsgClass(Throwable.class))
        .hasMessageContaining("pekko-raft.persistence.journal.directory");
  }

  /** Fails the flush when told to. */
  public static final class FailingProvider implements StorageProvider {
    static final MemoryStorage OPENED = new MemoryStorage();

    @Override
    public Storage open(Path ignored) throws IOException {
      return OPENED;
    }
  }

  @Test
  void a_failed_store_stays_failed_over_a_restart_of_its_actor() {
    ActorSystem system =
        start(
            Map.of(
                "pekko-raft.persistence.journal.storage-provider",
                FailingProvider.class.getName()));
    TestKit probe = new TestKit(system);
    ActorRef keeper = keeper(system, "a", probe);
    keeper.tell("one", ActorRef.noSender());
    probe.expectMsgEquals("persisted one");

    FailingProvider.OPENED.failFlushAfter(0);
    keeper.tell("two", ActorRef.noSender());
    assertThat(probe.expectMsgClass(WalFailedException.class)).hasMessageContaining("injected");
    keeper(system, "b", probe);
    assertThat(probe.expectMsgClass(WalFailedException.class)).hasMessageContaining("FAILED");
  }

  @Test
  void the_directory_is_free_when_the_actor_system_has_ended() throws IOException {
    ActorSystem system = start(Map.of());
    TestKit probe = new TestKit(system);
    keeper(system, "a", probe).tell("x", ActorRef.noSender());
    probe.expectMsgEquals("persisted x");
    TestKit.shutdownActorSystem(system);
    DirectoryStorage.open(directory.resolve("wal")).close();
  }
}

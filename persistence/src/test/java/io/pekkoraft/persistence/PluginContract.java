package io.pekkoraft.persistence;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An actor system on both plug-ins, and a probe that speaks to them in their own messages. */
abstract class PluginContract {
  static final Duration TIMEOUT = Duration.ofSeconds(20);
  static final String ID = "some-id";

  @TempDir Path directory;
  ActorSystem system = ActorSystem.create("none");
  TestKit probe = new TestKit(system);
  ActorRef journal = probe.getRef();
  ActorRef snapshots = probe.getRef();

  @BeforeEach
  void start() {
    TestKit.shutdownActorSystem(system);
    Config config =
        ConfigFactory.parseMap(
                Map.of(
                    "pekko.loglevel", "OFF",
                    "pekko.actor.allow-java-serialization", "on",
                    "pekko.persistence.journal.plugin", "pekko-raft.persistence.journal",
                    "pekko.persistence.snapshot-store.plugin",
                        "pekko-raft.persistence.snapshot-store",
                    "pekko-raft.persistence.journal.directory",
                        directory.resolve("journal").toString(),
                    "pekko-raft.persistence.snapshot-store.directory",
                        directory.resolve("snapshots").toString(),
                    "pekko-raft.persistence.journal.free-space-reserve", "0",
                    "pekko-raft.persistence.journal.segment-size", "256 KiB"))
            .withFallback(ConfigFactory.parseMap(more()))
            .withFallback(ConfigFactory.load());
    system = ActorSystem.create("contract", config);
    probe = new TestKit(system);
    journal = Persistence.get(system).journalFor("pekko-raft.persistence.journal", config);
    snapshots =
        Persistence.get(system).snapshotStoreFor("pekko-raft.persistence.snapshot-store", config);
  }

  @AfterEach
  void stop() {
    TestKit.shutdownActorSystem(system);
  }

  /** What a test configures besides. */
  Map<String, Object> more() {
    return Map.of();
  }

  void restart() {
    stop();
    start();
  }
}

package io.pekkoraft.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.api.StateMachine;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a process cannot survive, as a lack of memory, ends it: nothing of it leads on. Pekko does
 * that, by {@code System.exit}, unless it is told to end the actor system alone, as here.
 */
class FatalErrorTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  @TempDir Path temp;

  /** Has no memory left for its first command. */
  private static final class Hungry implements StateMachine {
    @Override
    public byte[] apply(long index, byte[] command) {
      throw new OutOfMemoryError("planted");
    }

    @Override
    public void writeSnapshot(OutputStream out) {}

    @Override
    public void restore(InputStream in) {}
  }

  private ActorSystem<Void> system() {
    Config config =
        ConfigFactory.parseString(
                """
                pekko.jvm-exit-on-fatal-error = off
                pekko.loglevel = OFF
                pekko.stdout-loglevel = OFF
                pekko-raft.heartbeat-interval = 10 ms
                pekko-raft.election-timeout = 50 ms
                pekko-raft.persistence.journal.segment-size = 1 MiB
                """)
            .withFallback(
                ConfigFactory.parseMap(
                    Map.of(
                        "pekko-raft.persistence.journal.directory", temp.resolve("wal").toString(),
                        "pekko-raft.persistence.snapshot-store.directory",
                            temp.resolve("descriptors").toString())))
            .withFallback(ConfigFactory.load());
    return ActorSystem.create(Behaviors.empty(), "dies", config);
  }

  private RaftGroup start(ActorSystem<Void> system) {
    NodeId self = NodeId.of("a");
    return RaftNode.start(
        system,
        new RaftNodeSettings(
            new GroupIdentity("cluster", "group", 1),
            self,
            7,
            new Configuration(List.of(new Member(self, 7, "pekko://dies"))),
            true,
            new Hungry(),
            temp.resolve("snapshots"),
            SettingsReader.protocol(system.settings().config().getConfig("pekko-raft")),
            "pekko-raft.persistence.journal",
            "pekko-raft.persistence.snapshot-store",
            100));
  }

  @Test
  void a_lack_of_memory_in_the_state_machine_ends_all_and_is_no_answer() throws Exception {
    ActorSystem<Void> system = system();
    try {
      RaftGroup group = start(system);
      Outcome outcome = propose(group);
      while (outcome instanceof Outcome.NoLeader) {
        LockSupport.parkNanos(1_000_000); // the condition is what is awaited, not the time
        outcome = propose(group);
      }
      assertThat(outcome).isInstanceOf(Outcome.Indeterminate.class);
      system.getWhenTerminated().toCompletableFuture().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      assertThat(group.leadership()).isNull();
    } finally {
      system.terminate();
    }
  }

  private static Outcome propose(RaftGroup group) {
    return group.propose(new byte[1], TIMEOUT).toCompletableFuture().join();
  }
}

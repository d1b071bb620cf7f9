package io.pekkoraft.cluster.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.cluster.PekkoRaft;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example with three members: they form a group and count together. */
class EmbeddingTest {
  @TempDir Path temp;
  private final List<ActorSystem<Void>> systems = new ArrayList<>();

  @AfterEach
  void stop() {
    systems.forEach(ActorSystem::terminate);
    systems.forEach(system -> system.getWhenTerminated().toCompletableFuture().join());
  }

  private RaftGroup start(String id, int port, List<Integer> ports) {
    Config application =
        ConfigFactory.parseString(
                """
                include classpath("pekko-raft-application.conf")
                pekko.loglevel = ERROR
                pekko.actor.provider = remote
                pekko.remote.artery.canonical { hostname = "127.0.0.1", port = %d }
                # A busy machine does not elect anew: what is not known then cannot be asked again.
                pekko-raft.election-timeout = 1500 ms
                pekko-raft.node {
                  id = %s
                  data-dir = "%s"
                  members = [
                    { id = a, host = "127.0.0.1", port = %d }
                    { id = b, host = "127.0.0.1", port = %d }
                    { id = c, host = "127.0.0.1", port = %d }
                  ]
                }
                """
                    .formatted(
                        port, id, temp.resolve(id), ports.get(0), ports.get(1), ports.get(2)))
            .withFallback(ConfigFactory.load());
    ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "shop", application);
    systems.add(system);
    return PekkoRaft.get(system).start("counter", new Counter());
  }

  @Test
  void three_members_form_a_group_and_count_together() throws IOException {
    List<Integer> ports = freePorts(3);
    List<RaftGroup> members =
        List.of(
            start("a", ports.get(0), ports),
            start("b", ports.get(1), ports),
            start("c", ports.get(2), ports));
    long count = 0;
    for (RaftGroup counter : members) {
      Outcome outcome = increment(counter);
      while (outcome instanceof Outcome.NoLeader || outcome instanceof Outcome.NotLeader) {
        LockSupport.parkNanos(10_000_000); // certainly not counted: ask again
        outcome = increment(counter);
      }
      count++;
      assertThat(outcome).isInstanceOf(Outcome.Committed.class);
      byte[] result = ((Outcome.Committed) outcome).result();
      assertThat(ByteBuffer.wrap(result).getLong()).isEqualTo(count);
    }
  }

  private static Outcome increment(RaftGroup counter) {
    return counter.propose(new byte[0], Duration.ofSeconds(20)).toCompletableFuture().join();
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      sockets.add(socket);
      ports.add(socket.getLocalPort());
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }
}

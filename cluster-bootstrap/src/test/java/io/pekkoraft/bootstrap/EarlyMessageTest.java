package io.pekkoraft.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader speaks to a member that starts again before that one's actor is there. */
class EarlyMessageTest {
  private static final Duration MANY_COMPRESSION_TABLES = Duration.ofSeconds(2);

  @TempDir Path temp;
  private final List<ActorSystem<Void>> systems = new ArrayList<>();

  @AfterEach
  void stop() {
    systems.forEach(ActorSystem::terminate);
    systems.forEach(system -> system.getWhenTerminated().toCompletableFuture().join());
  }

  @Test
  void a_message_that_came_too_early_does_not_cost_those_after_it()
      throws IOException, InterruptedException {
    List<Integer> free = freePorts();
    int portOfA = free.get(0);
    int port = free.get(1);
    ActorSystem<Void> sender = start("a", portOfA, port);
    ActorSystem<Void> starting = start("b", portOfA, port);
    BlockingQueue<String> first = new LinkedBlockingQueue<>();
    starting.systemActorOf(into(first), "first", Props.empty());

    peer(sender, port, "late").tell("too early");
    peer(sender, port, "first").tell("after it, on the same connection");
    assertThat(first.poll(20, TimeUnit.SECONDS)).isNotNull();

    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    starting.systemActorOf(into(heard), "late", Props.empty());
    long end = System.nanoTime() + MANY_COMPRESSION_TABLES.toNanos();
    int number = 0;
    while (System.nanoTime() < end) {
      number++;
      peer(sender, port, "late").tell("message " + number);
      assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("message " + number);
    }
  }

  private ActorSystem<Void> start(String id, int portOfA, int portOfB) {
    Config application =
        ConfigFactory.parseString(
            """
            pekko.loglevel = ERROR
            pekko.remote.artery.advanced.compression.actor-refs.advertisement-interval = 100 ms
            pekko-raft.node {
              id = %s
              data-dir = "%s"
              members = [
                { id = a, host = "127.0.0.1", port = %d }
                { id = b, host = "127.0.0.1", port = %d }
              ]
            }
            """
                .formatted(id, temp.resolve(id), portOfA, portOfB));
    ActorSystem<Void> system =
        ActorSystem.create(
            Behaviors.empty(), "pekko-raft", ConfigurationLoader.load(application).all());
    systems.add(system);
    return system;
  }

  /** As members address each other: by path, without knowing which actor is there. */
  private static ActorRef<String> peer(ActorSystem<Void> from, int port, String name) {
    return ActorRefResolver.get(from)
        .resolveActorRef("pekko://pekko-raft@127.0.0.1:" + port + "/system/" + name);
  }

  private static Behavior<String> into(BlockingQueue<String> queue) {
    return Behaviors.receiveMessage(
        message -> {
          queue.add(message);
          return Behaviors.same();
        });
  }

  /** Two that differ. */
  private static List<Integer> freePorts() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket one = new ServerSocket(0, 1, loopback);
        ServerSocket other = new ServerSocket(0, 1, loopback)) {
      return List.of(one.getLocalPort(), other.getLocalPort());
    }
  }
}

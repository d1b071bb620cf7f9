package io.pekkoraft.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Processes of an application, each an actor system with a directory and a port of its own; all are
 * ended at the end.
 */
final class Systems implements AutoCloseable {
  static final String NAME = "shop";
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final Path directory;
  private final Map<String, Integer> ports = new LinkedHashMap<>();
  private final Map<String, ActorSystem<Void>> running = new LinkedHashMap<>();

  /**
   * @param directory where each process gets its data directory
   */
  Systems(Path directory, String... ids) throws IOException {
    this.directory = directory;
    List<ServerSocket> sockets = new ArrayList<>();
    for (String id : ids) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      sockets.add(socket);
      ports.put(id, socket.getLocalPort());
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
  }

  int port(String id) {
    return ports.getOrDefault(id, 0);
  }

  /** From now on the process listens at another port. */
  void move(String id) throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ports.put(id, socket.getLocalPort());
    }
  }

  Path data(String id) {
    return directory.resolve(id);
  }

  /** The list of members, with hosts. */
  String listed() {
    return ports.entrySet().stream()
        .map(
            entry ->
                "{ id = %s, host = \"127.0.0.1\", port = %d }"
                    .formatted(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  /** The list of members, by name alone. */
  String named() {
    return ports.keySet().stream()
        .map(id -> "{ id = %s }".formatted(id))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  /** Pekko Cluster, with the first process as its first seed node. */
  String clusterSeeds() {
    String seeds =
        ports.values().stream()
            .map(port -> "\"pekko://" + NAME + "@127.0.0.1:" + port + "\"")
            .collect(Collectors.joining(", ", "[", "]"));
    return """
    pekko.actor.provider = cluster
    pekko.cluster.seed-nodes = %s
    pekko.cluster.downing-provider-class = "org.apache.pekko.cluster.sbr.SplitBrainResolverProvider"
    """
        .formatted(seeds);
  }

  /**
   * Starts a process.
   *
   * @param more configuration above the usual
   */
  ActorSystem<Void> start(String id, String more) {
    return start(id, port(id), more);
  }

  ActorSystem<Void> start(String id, int port, String more) {
    Config config =
        ConfigFactory.parseString(more)
            .withFallback(
                ConfigFactory.parseString(
                    """
                    include classpath("pekko-raft-application.conf")
                    pekko.loglevel = ERROR
                    pekko.actor.provider = remote
                    pekko.remote.artery.canonical { hostname = "127.0.0.1", port = %d }
                    pekko.coordinated-shutdown.exit-jvm = off
                    pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
                    pekko-raft.node { id = %s, data-dir = "%s", members = %s }
                    pekko-raft.persistence.journal.segment-size = 1 MiB
                    """
                        .formatted(port, id, data(id), listed())))
            .withFallback(ConfigFactory.load());
    ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), NAME, config);
    running.put(id, system);
    return system;
  }

  /** Ends a process without a word, as far as an actor system can. */
  void kill(String id) {
    ActorSystem<Void> system = running.remove(id);
    if (system != null) {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().join();
    }
  }

  /** Ends a process in order. */
  void shutDown(String id) {
    ActorSystem<Void> system = running.remove(id);
    if (system != null) {
      CoordinatedShutdown.get(system)
          .runAll(CoordinatedShutdown.unknownReason())
          .toCompletableFuture()
          .join();
      system.getWhenTerminated().toCompletableFuture().join();
    }
  }

  @Override
  public void close() {
    List.copyOf(running.values()).forEach(ActorSystem::terminate);
    List.copyOf(running.keySet()).forEach(this::kill);
  }

  // --- what a client does

  /**
   * Proposes until it is committed; a command that is counted twice counts once.
   *
   * @return the count after it
   */
  static long count(RaftGroup group, String command) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    Outcome outcome;
    do {
      outcome =
          group
              .propose(command.getBytes(StandardCharsets.UTF_8), Duration.ofSeconds(2))
              .toCompletableFuture()
              .join();
      if (outcome instanceof Outcome.Committed committed) {
        return ByteBuffer.wrap(committed.result()).getLong();
      }
      LockSupport.parkNanos(10_000_000); // whatever it was, asking again does no harm
    } while (System.nanoTime() < end);
    throw new AssertionError("'" + command + "' was not committed, the last answer: " + outcome);
  }

  static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("it did not come to be that " + what);
      }
      LockSupport.parkNanos(10_000_000); // the condition is what is awaited, not the time
    }
  }
}

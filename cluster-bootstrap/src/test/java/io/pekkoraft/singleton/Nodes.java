package io.pekkoraft.singleton;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Three members of a coordination group, each an actor system; all are ended at the end. */
final class Nodes implements AutoCloseable {
  static final List<String> IDS = List.of("a", "b", "c");

  private final Map<String, ActorSystem<Void>> running = new LinkedHashMap<>();

  /**
   * @param directory where each gets its data directory
   */
  Nodes(Path directory) throws IOException {
    Map<String, Integer> ports = freePorts();
    String members =
        ports.entrySet().stream()
            .map(
                entry ->
                    "{ id = %s, host = \"127.0.0.1\", port = %d }"
                        .formatted(entry.getKey(), entry.getValue()))
            .collect(Collectors.joining(", ", "[", "]"));
    ports.forEach(
        (id, port) -> {
          Config config =
              ConfigFactory.parseString(
                      """
                      include classpath("pekko-raft-application.conf")
                      pekko.loglevel = ERROR
                      pekko.actor {
                        provider = remote
                        serializers.invoices = "io.pekkoraft.singleton.example.InvoiceSerializer"
                        serialization-bindings {
                          "io.pekkoraft.singleton.example.InvoiceNumbers$Command" = invoices
                          "io.pekkoraft.singleton.example.InvoiceNumbers$Issued" = invoices
                        }
                      }
                      pekko.remote.artery.canonical { hostname = "127.0.0.1", port = %d }
                      pekko.coordinated-shutdown {
                        exit-jvm = off
                        run-by-jvm-shutdown-hook = off
                        run-by-actor-system-terminate = off
                      }
                      pekko-raft.node { id = %s, data-dir = "%s", members = %s }
                      pekko-raft.persistence.journal.segment-size = 1 MiB
                      pekko-raft.coordination.rebalance-after = 1 s
                      """
                          .formatted(port, id, directory.resolve(id), members))
                  .withFallback(ConfigFactory.load());
          running.put(
              id,
              ActorSystem.create(
                  Behaviors.empty(),
                  "billing",
                  ActorSystemSetup.create(
                      BootstrapSetup.create(config), RaftClusterSingleton.setup())));
        });
  }

  private static Map<String, Integer> freePorts() throws IOException {
    Map<String, Integer> ports = new LinkedHashMap<>();
    List<ServerSocket> sockets = new ArrayList<>();
    for (String id : IDS) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      sockets.add(socket);
      ports.put(id, socket.getLocalPort());
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }

  Map<String, ActorSystem<Void>> running() {
    return Map.copyOf(running);
  }

  /** Ends one without a word, as far as an actor system can. */
  void kill(String id) {
    ActorSystem<Void> system = running.remove(id);
    if (system != null) {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().join();
    }
  }

  /** Ends one in order. */
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
    running().values().forEach(ActorSystem::terminate);
    running().keySet().forEach(this::kill);
  }
}

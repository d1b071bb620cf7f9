package io.pekkoraft.linearizability;

import io.pekkoraft.bootstrap.Main;
import io.pekkoraft.failover.ChildProcess;
import io.pekkoraft.failover.torture.Namespaces;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The members of a group as processes, each in its network namespace where there are such. */
final class MemberProcesses implements AutoCloseable {
  private static final int HTTP_PORT = 8080;
  private static final String LOOPBACK = "127.0.0.1";

  /** A member lives for seconds: what the second compiler makes of it costs more than it saves. */
  private static final List<String> SHORT_LIVED = List.of("-XX:TieredStopAtLevel=1");

  private final List<String> ids;
  private final Path directory;
  private final @Nullable Namespaces network;
  private final List<String> hosts = new ArrayList<>();
  private final List<Integer> ports = new ArrayList<>();
  private final List<Integer> httpPorts = new ArrayList<>();
  private final @Nullable ChildProcess[] processes;

  MemberProcesses(List<String> ids, Path directory, @Nullable Namespaces network)
      throws IOException {
    this.ids = ids;
    this.directory = directory;
    this.network = network;
    this.processes = new ChildProcess[ids.size()];
    List<Integer> free = freePorts(2 * ids.size());
    for (int i = 0; i < ids.size(); i++) {
      hosts.add(network == null ? LOOPBACK : network.host(ids.get(i)));
      ports.add(free.get(2 * i));
      httpPorts.add(network == null ? free.get(2 * i + 1) : HTTP_PORT);
    }
    for (int i = 0; i < ids.size(); i++) {
      Files.writeString(configuration(i), configurationOf(i));
    }
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

  private String configurationOf(int node) {
    StringBuilder text = new StringBuilder("pekko-raft.node {\n  id = ");
    text.append(ids.get(node));
    text.append("\n  data-dir = \"").append(directory.resolve("data-" + ids.get(node)));
    text.append("\"\n  stop-when-stdin-ends = true\n  http { host = \"").append(hosts.get(node));
    // Shorter than most faults: clients go on, and learn that they do not know.
    text.append("\", request-timeout = 2 s }\n  members = [\n");
    for (int i = 0; i < ids.size(); i++) {
      text.append("    { id = ").append(ids.get(i));
      text.append(", host = \"").append(hosts.get(i));
      text.append("\", port = ").append(ports.get(i));
      text.append(", http-port = ").append(httpPorts.get(i)).append(" }\n");
    }
    return text.append("  ]\n}\n").toString();
  }

  private Path configuration(int node) {
    return directory.resolve(ids.get(node) + ".conf");
  }

  /** What the node said, from all its lives. */
  Path log(int node) {
    return directory.resolve(ids.get(node) + ".log");
  }

  int count() {
    return ids.size();
  }

  String id(int node) {
    return ids.get(node);
  }

  /** Where each node serves HTTP. */
  List<String> addresses() {
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      addresses.add(hosts.get(i) + ":" + httpPorts.get(i));
    }
    return addresses;
  }

  /** What to start a process by that is to reach all nodes. */
  List<String> aroundClients() {
    return network == null ? List.of() : network.aroundResource();
  }

  void start(int node) throws IOException {
    List<String> around =
        network == null ? List.of() : Objects.requireNonNull(network.around().get(ids.get(node)));
    processes[node] =
        ChildProcess.start(
            around,
            SHORT_LIVED,
            Main.class,
            List.of("--config", configuration(node).toString()),
            log(node),
            report -> {});
  }

  long pid(int node) {
    return process(node).pid();
  }

  boolean isAlive(int node) {
    return process(node).isAlive();
  }

  private ChildProcess process(int node) {
    return Objects.requireNonNull(processes[node]);
  }

  /** As {@code kill -9}; returns when it is gone. */
  void kill(int node) {
    process(node).end();
  }

  @Override
  public void close() {
    for (ChildProcess process : processes) {
      if (process != null) {
        process.end();
      }
    }
  }
}

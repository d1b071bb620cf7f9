package io.pekkoraft.bootstrap.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Three nodes of a group as processes on loopback, at ports that were free. */
final class ProcessGroup implements AutoCloseable {
  static final List<String> IDS = List.of("a", "b", "c");
  private static final String HOST = "127.0.0.1";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Path directory;
  private final Map<String, Integer> ports = new LinkedHashMap<>();
  private final Map<String, NodeClient> clients = new LinkedHashMap<>();
  private final Map<String, ChildNode> running = new LinkedHashMap<>();
  private final List<ChildNode> all = new ArrayList<>();
  private final ConcurrentLinkedQueue<String> output = new ConcurrentLinkedQueue<>();

  ProcessGroup(Path directory) throws IOException {
    this.directory = directory;
    List<Integer> free = freePorts(2 * IDS.size());
    StringBuilder members = new StringBuilder();
    for (int i = 0; i < IDS.size(); i++) {
      ports.put(IDS.get(i), free.get(2 * i));
      clients.put(IDS.get(i), new NodeClient(HOST + ":" + free.get(2 * i + 1)));
      members.append(entry(IDS.get(i), free.get(2 * i), free.get(2 * i + 1)));
    }
    Files.writeString(configuration(), "pekko-raft.node.members = [\n" + members + "]\n");
  }

  static List<Integer> freePorts(int count) throws IOException {
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

  /** A line of the list of members. */
  static String entry(String id, int port, int httpPort) {
    return "{ id = "
        + id
        + ", host = \""
        + HOST
        + "\", port = "
        + port
        + ", http-port = "
        + httpPort
        + " }\n";
  }

  Path configuration() {
    return directory.resolve("cluster.conf");
  }

  Path data(String id) {
    return directory.resolve(id);
  }

  int port(String id) {
    return Objects.requireNonNull(ports.get(id));
  }

  NodeClient client(String id) {
    return Objects.requireNonNull(clients.get(id));
  }

  List<NodeClient> clients() {
    return List.copyOf(clients.values());
  }

  void start(String id) throws IOException {
    running.put(id, start(id, configuration(), data(id)));
  }

  /** Starts a node that need not be one of the group. */
  ChildNode start(String id, Path configuration, Path data) throws IOException {
    ChildNode child =
        ChildNode.start(id, configuration, data, "160m", line -> output.add(id + " | " + line));
    all.add(child);
    return child;
  }

  /** As {@code kill -9}. */
  void kill(String id) {
    Objects.requireNonNull(running.remove(id)).kill();
  }

  /** The exit code of a node that was told to stop. */
  int stop(String id) throws InterruptedException {
    ChildNode child = Objects.requireNonNull(running.remove(id));
    child.stop();
    return child.awaitEnd(PATIENCE);
  }

  /** Waits until all running nodes follow one of them, and returns its id. */
  String awaitLeader() {
    List<String> found = new ArrayList<>();
    Await.until(
        "one leader that all running nodes follow",
        () -> {
          leader().ifPresent(found::add);
          return !found.isEmpty();
        },
        this::output);
    return found.get(0);
  }

  private Optional<String> leader() {
    List<String> leaders =
        running.keySet().stream()
            .map(id -> client(id).status().map(NodeStatus::leader).orElse(""))
            .distinct()
            .toList();
    return leaders.size() == 1 && running.containsKey(leaders.get(0))
        ? Optional.of(leaders.get(0))
        : Optional.empty();
  }

  /** All that the nodes have written so far. */
  String output() {
    return String.join("\n", output);
  }

  @Override
  public void close() {
    all.forEach(ChildNode::kill);
  }
}

package io.pekkoraft.failover;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Three nodes that have one instance among them, as their starter sees them. */
public final class SingletonNodes implements AutoCloseable {
  public static final List<String> IDS = List.of("a", "b", "c");
  private static final Duration AGAIN = Duration.ofMillis(100);

  /** Twice the time in which a leader that was handed the leadership is like any other. */
  private static final Duration AFTER_TRANSFER = Duration.ofSeconds(1);

  private static final Duration END_PATIENCE = Duration.ofSeconds(20);

  private final Board board;
  private final Map<String, NodeProcess> nodes = new LinkedHashMap<>();
  private long asked;

  /**
   * Starts nothing yet.
   *
   * @param members where the nodes are, as {@code host:port}, by {@link #IDS}
   * @param around what each process is started by, by id; see {@link ChildProcess#start}
   * @param directory for the nodes' data and logs
   * @param resource as in {@link NodeArguments}
   * @param others as in {@link NodeProcess}
   */
  public SingletonNodes(
      Variant variant,
      Map<String, String> members,
      Map<String, List<String>> around,
      Path directory,
      String resource,
      Board board,
      BiConsumer<NodeProcess, Report> others) {
    this.board = board;
    for (String id : IDS) {
      NodeArguments arguments =
          new NodeArguments(variant, id, members, directory.resolve(id).toString(), resource);
      Path log = directory.resolve(id + ".log");
      List<String> starter = around.getOrDefault(id, List.of());
      nodes.put(id, new NodeProcess(arguments, starter, log, board, others));
    }
  }

  /** Addresses for all nodes on the loopback interface, at ports that were free. */
  public static Map<String, String> loopback() throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    Map<String, String> members = new LinkedHashMap<>();
    for (String id : IDS) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      sockets.add(socket);
      members.put(id, "127.0.0.1:" + socket.getLocalPort());
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return members;
  }

  public List<NodeProcess> all() {
    return List.copyOf(nodes.values());
  }

  public NodeProcess node(String id) {
    return Objects.requireNonNull(nodes.get(id), id);
  }

  /** The one that runs, or ran, the instance of this name. */
  public NodeProcess hostOf(String instance) {
    return all().stream().filter(node -> node.hosts(instance)).findFirst().orElseThrow();
  }

  public List<NodeProcess> othersThan(NodeProcess node) {
    return all().stream().filter(other -> other != node).toList();
  }

  public void tellAll(String line) {
    all().forEach(node -> node.tell(line));
  }

  /**
   * Waits until all three nodes are there and all three users are answered by the same instance.
   *
   * @return the instance; empty if that is not so within the time
   */
  public Optional<String> awaitSettled(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < end) {
      Optional<String> instance = look(remaining(end));
      // Twice, as the first answers may be of an instance that was about to stop.
      if (instance.isPresent() && instance.equals(look(remaining(end)))) {
        return instance;
      }
      Board.elapse(AGAIN);
    }
    return Optional.empty();
  }

  private static Duration remaining(long end) {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  private Optional<String> look(Duration patience) throws InterruptedException {
    asked++;
    String id = Long.toString(asked);
    board.change(() -> all().forEach(NodeProcess::forgetAnswer));
    tellAll("look");
    tellAll("standing " + id);
    List<String> instances = new ArrayList<>();
    board.await(() -> answered(id, instances), patience);
    return instances.size() == 1 ? Optional.of(instances.get(0)) : Optional.empty();
  }

  /** True once all have answered; then tells which instances they are answered by. */
  private boolean answered(String id, List<String> instances) {
    if (!all().stream().allMatch(n -> n.standingId().equals(id) && !n.answeredBy().isEmpty())) {
      return false;
    }
    if (all().stream().allMatch(NodeProcess::complete)) {
      all().stream().map(NodeProcess::answeredBy).distinct().forEach(instances::add);
    }
    return true;
  }

  /**
   * Has the instance's node lead the others, or not, where that can be chosen; then waits as {@link
   * #awaitSettled} does. It can fail: the host's {@link NodeProcess#leads} says what came of it.
   */
  public Optional<String> arrangeLeader(String instance, boolean host, Duration patience)
      throws InterruptedException {
    NodeProcess there = hostOf(instance);
    if (there.leads() == host) {
      return Optional.of(instance);
    }
    NodeProcess next = host ? there : othersThan(there).get(0);
    all().stream().filter(NodeProcess::leads).forEach(node -> node.tell("lead " + next.id()));
    Board.elapse(AFTER_TRANSFER);
    return awaitSettled(patience);
  }

  /** Waits until everything is heard that the nodes have reported until now. */
  public boolean awaitFlushed(Duration patience) throws InterruptedException {
    asked++;
    String id = Long.toString(asked);
    tellAll("flush " + id);
    return board.await(() -> all().stream().allMatch(node -> node.flushed().equals(id)), patience);
  }

  /** Starts all, each asking at this pace once it is there. */
  public void start(int askEveryMillis, Duration patience)
      throws IOException, InterruptedException {
    for (NodeProcess node : all()) {
      node.start();
    }
    for (NodeProcess node : all()) {
      awaitReady(node, patience);
      node.tell("ask " + askEveryMillis);
    }
  }

  /** Starts one again whose process has ended. */
  public void startAgain(NodeProcess node, int askEveryMillis, Duration patience)
      throws IOException, InterruptedException {
    node.child().awaitEnd(END_PATIENCE);
    node.start();
    awaitReady(node, patience);
    node.tell("ask " + askEveryMillis);
  }

  private void awaitReady(NodeProcess node, Duration patience) throws InterruptedException {
    if (!board.await(() -> node.ready() || !node.child().isAlive(), patience) || !node.ready()) {
      throw new IllegalStateException("node " + node.id() + " did not start: its log says why");
    }
  }

  /** Ends all processes; returns when they have. */
  @Override
  public void close() {
    for (NodeProcess node : all()) {
      if (node.started()) {
        node.child().end();
      }
    }
  }
}

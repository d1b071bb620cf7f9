package io.pekkoraft.bootstrap.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Runs a group on this machine, each node a process with a data directory of its own, and reports
 * who leads. Starts nothing again by itself: what happens when a node dies is what one wants to
 * see.
 */
public final class LocalCluster {
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(15);
  private static final Duration LOOK_EVERY = Duration.ofMillis(400);
  private static final String MAX_HEAP = "512m";

  private final LocalClusterOptions options;
  private final Console console = new Console();
  private final List<ChildNode> children = new ArrayList<>();
  private final List<ChildNode> ended = new ArrayList<>();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private String told = "";
  private volatile int exitCode;

  private LocalCluster(LocalClusterOptions options) {
    this.options = options;
  }

  public static void main(String[] arguments) {
    int code;
    try {
      LocalCluster cluster = new LocalCluster(LocalClusterOptions.parse(arguments));
      code = cluster.run();
      cluster.exitCode = code;
    } catch (IOException | IllegalArgumentException wrong) {
      new Console().say("run-cluster: " + wrong.getMessage());
      code = 2;
    } catch (InterruptedException interrupted) {
      code = 0;
    }
    System.exit(code);
  }

  private int run() throws IOException, InterruptedException {
    if (options.fresh()) {
      DataFiles.wipe(options.data());
    }
    Files.createDirectories(options.data());
    Path file = options.data().resolve(ClusterFile.NAME);
    ClusterFile.write(file, options.nodes(), options.port(), options.httpPort());
    Map<String, NodeClient> clients = ClusterFile.read(file);
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
    console.say(
        "starting " + clients.size() + " nodes, with their data in " + options.data() + " ...");
    for (String id : clients.keySet()) {
      synchronized (children) {
        children.add(
            ChildNode.start(
                id,
                file,
                options.data().resolve(id),
                MAX_HEAP,
                line -> console.say(" " + id + " | " + line)));
      }
    }
    if (!awaitLeader(clients)) {
      return 1;
    }
    explain(clients);
    return watch(clients);
  }

  /** True once all nodes agree on a leader; false if a node gave up before. */
  private boolean awaitLeader(Map<String, NodeClient> clients) throws InterruptedException {
    while (!pause()) {
      for (ChildNode child : children) {
        if (!child.isAlive()) {
          console.say(
              child.id()
                  + " "
                  + child.howItEnded()
                  + "; its last lines above say why. Stopping the others.");
          return false;
        }
      }
      Map<String, Optional<NodeStatus>> statuses = look(clients);
      boolean agreed =
          statuses.values().stream()
                  .map(s -> s.map(NodeStatus::leader).orElse(""))
                  .distinct()
                  .count()
              == 1;
      if (agreed && !leader(statuses).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private int watch(Map<String, NodeClient> clients) throws InterruptedException {
    while (!pause()) {
      for (ChildNode child : children) {
        if (!child.isAlive() && !ended.contains(child)) {
          ended.add(child);
          console.say("");
          console.say(
              child.id()
                  + " "
                  + child.howItEnded()
                  + ". Start it again in another terminal: bin/run-node "
                  + child.id());
        }
      }
      report(look(clients));
    }
    return 0;
  }

  /** Says in one line who leads and how the others are, whenever that changes. */
  private void report(Map<String, Optional<NodeStatus>> statuses) {
    String leader = leader(statuses);
    StringBuilder line = new StringBuilder(leader.isEmpty() ? "no leader" : "leader: " + leader);
    statuses.forEach(
        (id, status) ->
            line.append("  ")
                .append(id)
                .append(' ')
                .append(status.map(NodeStatus::role).orElse("down")));
    String reason = leader.isEmpty() ? reason(statuses) : "";
    if (!line.toString().equals(told)) {
      told = line.toString();
      console.say("==> " + line + (reason.isEmpty() ? "" : "  (" + reason + ")"));
    }
  }

  private static Map<String, Optional<NodeStatus>> look(Map<String, NodeClient> clients) {
    Map<String, Optional<NodeStatus>> statuses = new LinkedHashMap<>();
    clients.forEach((id, client) -> statuses.put(id, client.status()));
    return statuses;
  }

  /**
   * Whom the node with the highest term believes to lead, if that one agrees; empty if nobody does.
   */
  private static String leader(Map<String, Optional<NodeStatus>> statuses) {
    return statuses.values().stream()
        .flatMap(Optional::stream)
        .filter(status -> status.role().equals("leader"))
        .max((x, y) -> Long.compare(x.term(), y.term()))
        .map(NodeStatus::node)
        .orElse("");
  }

  private static String reason(Map<String, Optional<NodeStatus>> statuses) {
    return statuses.values().stream()
        .flatMap(Optional::stream)
        .map(NodeStatus::reason)
        .filter(reason -> !reason.isEmpty())
        .findFirst()
        .orElse("");
  }

  private void explain(Map<String, NodeClient> clients) {
    Map<String, Optional<NodeStatus>> statuses = look(clients);
    String leader = leader(statuses);
    console.say("");
    for (ChildNode child : children) {
      String address = Objects.requireNonNull(clients.get(child.id())).address();
      console.say(
          "  "
              + child.id()
              + "  pid "
              + child.pid()
              + "  http://"
              + address
              + "/status"
              + (child.id().equals(leader) ? "  leads" : ""));
    }
    String first = clients.values().iterator().next().address();
    long leaderPid =
        children.stream()
            .filter(c -> c.id().equals(leader))
            .mapToLong(ChildNode::pid)
            .findFirst()
            .orElse(0);
    console.say("");
    console.say("Try, in another terminal:");
    String where = options.isDefaultData() ? "" : " --data " + options.data();
    String node = "bin/run-node " + leader + (where.isEmpty() ? "" : " " + options.data());
    suggest("curl -X PUT --data-binary hello http://" + first + "/kv/greeting", "write");
    suggest("curl http://" + first + "/kv/greeting", "read, linearizable");
    suggest("bin/load" + where, "write about 30,000 keys and look for them on every node");
    suggest("kill -9 " + leaderPid, "kill the leader, while bin/load runs");
    suggest(node, "start it again");
    console.say("Ctrl-C stops all nodes; the data stays.");
    console.say("");
    report(statuses);
  }

  private void suggest(String command, String what) {
    console.say(String.format(Locale.ROOT, "  %-62s %s", command, what));
  }

  /** True if it is time to stop. */
  private boolean pause() throws InterruptedException {
    return stopping.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * The last thing that runs, however this program was told to end; only the nodes that it started
   * are ended.
   */
  private void stop() {
    stopping.countDown();
    List<ChildNode> started;
    synchronized (children) {
      started = List.copyOf(children);
    }
    console.say("stopping the nodes ...");
    try {
      ChildNode.stopAll(started, STOP_PATIENCE);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    console.say("stopped.");
    Runtime.getRuntime().halt(exitCode);
  }
}

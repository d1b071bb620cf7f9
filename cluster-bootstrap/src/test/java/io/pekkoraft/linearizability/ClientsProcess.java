package io.pekkoraft.linearizability;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pekkoraft.bootstrap.local.NodeClient;
import io.pekkoraft.bootstrap.local.NodeStatus;
import io.pekkoraft.failover.Board;
import io.pekkoraft.failover.Report;
import io.pekkoraft.testkit.linearizability.KeyValueRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Clients of the nodes in a process of their own, which can be where the nodes' network is. They
 * ask, through any node, until they are told to stop; then all that they saw is judged.
 *
 * <p>Hears on standard input: {@code leader}, answered by a report {@code leader ID}, or {@code
 * leader -}; {@code acknowledged}, by how many operations were done; {@code restarts N}, when node
 * number N was killed and does not run again yet, answered by {@code noted}; {@code stop}, answered
 * by {@code verdict}. Ends when its input does.
 */
final class ClientsProcess {
  private static final Duration TIMEOUT = Duration.ofSeconds(4);
  private static final Duration CONVERGENCE = Duration.ofMinutes(3);
  private static final int MAX_ATTEMPTS = 20;

  private final List<String> addresses;
  private final CheckedKeys keys;

  /** How often each node was killed: what it shows of itself may go back then. */
  private final AtomicLongArray lives;

  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean stopped;

  private ClientsProcess(List<String> addresses, int count) {
    this.addresses = addresses;
    this.keys = new CheckedKeys(count);
    this.lives = new AtomicLongArray(addresses.size());
  }

  /**
   * @param arguments a seed, how many clients, and the addresses of all nodes, as {@code host:port}
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    List<String> words = List.of(arguments);
    int count = Integer.parseInt(words.get(1));
    ClientsProcess process = new ClientsProcess(words.subList(2, words.size()), count);
    process.start(Long.parseLong(words.get(0)), count);
    process.listen();
    System.exit(0);
  }

  private void start(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < count; i++) {
      OneClient client = new OneClient("client " + i, random.split());
      Thread thread = new Thread(client, client.name);
      thread.setDaemon(true);
      clients.add(thread);
      thread.start();
    }
  }

  private void listen() throws IOException, InterruptedException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals("leader")) {
        Report.say("leader", leader());
      } else if (line.equals("acknowledged")) {
        Report.say("acknowledged", keys.acknowledged());
      } else if (line.startsWith("restarts ")) {
        lives.incrementAndGet(Integer.parseInt(line.substring("restarts ".length())));
        Report.say("noted");
      } else if (line.equals("stop")) {
        judge();
      }
    }
  }

  private String leader() {
    for (String address : addresses) {
      String leader = new NodeClient(address).status().map(NodeStatus::leader).orElse("");
      if (!leader.isEmpty()) {
        return leader;
      }
    }
    return "-";
  }

  // --- one client

  /** Has one operation at a time. */
  private final class OneClient implements Runnable {
    private final String name;
    private final SplittableRandom random;
    private final long[] shown = new long[addresses.size()];
    private final long[] shownInLife = new long[addresses.size()];
    private int node;
    private long values;

    OneClient(String name, SplittableRandom random) {
      this.name = name;
      this.random = random;
      this.node = random.nextInt(addresses.size());
    }

    @Override
    public void run() {
      try {
        while (!stopped) {
          operation();
        }
      } catch (InterruptedException | RuntimeException unexpected) {
        keys.violated(name + " ended: " + unexpected);
      }
    }

    private void operation() throws InterruptedException {
      CheckedKeys.Started started = keys.start(name, random.nextInt(1 << 20), this::request);
      if (random.nextInt(16) == 0) {
        lookAt(random.nextInt(addresses.size()), started);
      }
      KeyValueHttp.Answer answer = ask(started);
      for (int left = MAX_ATTEMPTS;
          answer.reply() == null && answer.certain() && left > 0 && !stopped;
          left--) {
        Board.elapse(Duration.ofMillis(random.nextInt(20, 200)));
        answer = ask(started);
      }
      started.ended(answer);
    }

    /** Stays with a node that answers. */
    private KeyValueHttp.Answer ask(CheckedKeys.Started started) throws InterruptedException {
      KeyValueHttp.Answer answer = KeyValueHttp.ask(addresses.get(node), started.request, TIMEOUT);
      if (answer.reply() == null || random.nextInt(64) == 0) {
        node = random.nextInt(addresses.size());
      }
      return answer;
    }

    private KeyValueRequest request(String key) {
      return switch (random.nextInt(12)) {
        case 0 -> new KeyValueRequest.Delete(key);
        case 1, 2, 3, 4, 5 -> new KeyValueRequest.Put(key, name + "/" + ++values);
        default -> new KeyValueRequest.Get(key);
      };
    }

    private void lookAt(int at, CheckedKeys.Started started) throws InterruptedException {
      long life = lives.get(at);
      KeyValueHttp.Local local =
          KeyValueHttp.readLocal(addresses.get(at), started.request.key(), TIMEOUT);
      if (local == null || life != lives.get(at)) {
        return;
      }
      if (shownInLife[at] == life && local.appliedIndex() < shown[at]) {
        keys.violated(
            "local reads of one process went back: node "
                + at
                + " from "
                + shown[at]
                + " to "
                + local.appliedIndex());
      }
      shown[at] = local.appliedIndex();
      shownInLife[at] = life;
      started.shown(local);
    }
  }

  // --- the end

  private void judge() throws InterruptedException {
    stopped = true;
    for (Thread client : clients) {
      client.join();
    }
    if (!converges()) {
      keys.violated("the nodes did not converge within " + CONVERGENCE);
    }
    keys.checkAll();
    keys.violations().forEach(System.out::println);
    Report.say(
        "verdict",
        keys.violations().size(),
        keys.operations(),
        keys.keys(),
        keys.unknownOutcomes(),
        keys.unknownVerdicts(),
        keys.localReads(),
        highestTerm());
  }

  private long highestTerm() {
    return addresses.stream()
        .map(address -> new NodeClient(address).status())
        .flatMap(Optional::stream)
        .mapToLong(NodeStatus::term)
        .max()
        .orElse(0);
  }

  /** All nodes show the same, of the same index. */
  private boolean converges() throws InterruptedException {
    long end = System.nanoTime() + CONVERGENCE.toNanos();
    while (System.nanoTime() < end) {
      List<Map<String, String>> states = new ArrayList<>();
      List<Long> applied = new ArrayList<>();
      for (String address : addresses) {
        new NodeClient(address).status().ifPresent(status -> applied.add(status.appliedIndex()));
        states.add(state(address));
      }
      if (applied.size() == addresses.size()
          && applied.stream().distinct().count() == 1
          && states.stream().allMatch(state -> Objects.equals(state, states.get(0)))
          && !states.get(0).isEmpty()) {
        return true;
      }
      Board.elapse(Duration.ofMillis(200));
    }
    return false;
  }

  private static Map<String, String> state(String address) {
    Map<String, String> state = new TreeMap<>();
    try {
      new NodeClient(address)
          .readLocal((key, value) -> state.put(key, Base64.getEncoder().encodeToString(value)));
    } catch (IOException notThere) {
      state.clear();
    }
    return state;
  }
}

package io.pekkoraft.bootstrap.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three real processes, a real disk, real sockets. One story in chapters: each starts with the
 * group as the one before left it, three nodes up and everything acknowledged on all of them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES) // seconds, unless the machine is busy
class ClusterIT {
  private static final int KEYS = 2_000;
  private static final int IN_FLIGHT = 64;
  private static final int REFUSED = 3;
  private static final int CONFIGURATION = 2;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Everything that was ever acknowledged. */
  private final Map<String, byte[]> acknowledged = new LinkedHashMap<>();

  private long lastIndex;
  private Path directory;
  private ProcessGroup group;

  @BeforeAll
  void form(@TempDir Path temporary) throws IOException {
    directory = temporary;
    group = new ProcessGroup(directory);
    for (String id : ProcessGroup.IDS) {
      group.start(id);
    }
    group.awaitLeader();
  }

  @AfterAll
  void end() {
    group.close();
  }

  @Test
  @Order(1)
  void a_load_goes_on_by_itself_when_the_leader_is_killed_and_nothing_acknowledged_is_lost()
      throws Exception {
    String leader = group.awaitLeader();
    Loader loader = new Loader(group.clients(), IN_FLIGHT);
    Map<String, byte[]> pairs = new LinkedHashMap<>();
    AtomicBoolean killed = new AtomicBoolean();
    CompletableFuture<Void> loading = loadUntil(killed, loader, pairs);
    Await.until("a part is loaded", () -> loader.acknowledged() > KEYS / 4, group::output);
    group.kill(leader);
    int atTheKill = loader.acknowledged();
    killed.set(true);
    loading.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

    assertThat(atTheKill).as("acknowledged at the kill").isLessThan(pairs.size());
    assertThat(loader.retries()).as("writes sent again").isPositive();
    remember(loader, pairs);
    for (String id : ProcessGroup.IDS) {
      if (!id.equals(leader)) {
        assertAllOn(id);
      }
    }
    group.start(leader);
    assertAllOn(leader);
  }

  @Test
  @Order(2)
  void all_three_killed_at_once_come_back_with_everything() throws Exception {
    load("before all were killed");
    ProcessGroup.IDS.forEach(group::kill);
    for (String id : ProcessGroup.IDS) {
      group.start(id);
    }
    group.awaitLeader();
    assertAllOnAll();
  }

  @Test
  @Order(3)
  void any_two_killed_come_back_with_everything_and_without_them_nothing_is_promised()
      throws Exception {
    load("before two were killed");
    String leader = group.awaitLeader();
    String survivor =
        ProcessGroup.IDS.stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
    List<String> killed = ProcessGroup.IDS.stream().filter(id -> !id.equals(survivor)).toList();
    killed.forEach(group::kill);
    HttpResponse<String> refusal =
        ask(
            "the survivor refuses, for lack of a leader",
            () -> group.client(survivor).put("alone", new byte[0]),
            answer -> answer.body().contains("\"outcome\":\"NoLeader\""));
    assertThat(refusal.statusCode()).isEqualTo(503);
    assertThat(refusal.headers().firstValue("Retry-After")).isPresent();
    assertThat(refusal.headers().firstValue("Content-Type")).contains("application/problem+json");

    for (String id : killed) {
      group.start(id);
    }
    group.awaitLeader();
    assertAllOnAll();
  }

  @Test
  @Order(4)
  void wrong_directories_lists_and_ports_end_with_one_message_and_harm_nobody() throws Exception {
    String victim = "c";
    group.kill(victim);
    List<Integer> free = ProcessGroup.freePorts(2);
    int port = free.get(0);
    int httpPort = free.get(1);
    Path listsB = configuration(ProcessGroup.entry("b", port, httpPort));
    ended(CONFIGURATION, "to the node 'c', not 'b'", "b", listsB, group.data(victim));
    Path listsA = configuration(ProcessGroup.entry("a", port, httpPort));
    ended(CONFIGURATION, "in use by another process", "a", listsA, group.data("a"));
    Path shared = group.configuration();
    ended(CONFIGURATION, "Address already in use", "a", shared, directory.resolve("port"));
    ended(REFUSED, "NEEDS_READMISSION", victim, shared, directory.resolve("wiped"));
    Path listsAandX =
        configuration(
            ProcessGroup.entry("a", group.port("a"), httpPort)
                + ProcessGroup.entry("x", port, httpPort));
    ended(REFUSED, "exists already", "x", listsAandX, directory.resolve("x"));

    group.start(victim);
    group.awaitLeader();
    assertAllOnAll();
  }

  @Test
  @Order(5)
  void garbage_and_oversize_are_refused_and_harm_nobody() throws Exception {
    NodeClient node = group.client("a");
    expect(413, () -> node.put("large", new byte[61 << 10]));
    expect(400, () -> node.put("k".repeat(513), new byte[0]));
    expect(404, () -> node.get("none"));

    SplittableRandom random = new SplittableRandom(7);
    boolean elected = true;
    // A busy machine may elect for no reason, but hardly each time.
    for (int round = 0; elected && round < 5; round++) {
      long term = term(node);
      for (int i = 0; i < 20; i++) {
        byte[] garbage = new byte[64 << 10];
        random.nextBytes(garbage);
        sendToPeerPort(i % 2 == 0 ? "" : "AKKA\1", garbage);
      }
      expect(204, () -> node.put("after garbage", "fine".getBytes(UTF_8)));
      assertThat(expect(200, () -> node.get("after garbage")).body()).isEqualTo("fine");
      elected = term(node) > term;
    }
    assertThat(elected).as("a needless election").isFalse();
    assertAllOnAll();
  }

  @Test
  @Order(6)
  void told_to_stop_each_node_ends_with_exit_code_zero() throws Exception {
    for (String id : ProcessGroup.IDS) {
      assertThat(group.stop(id)).as("exit code of " + id).isZero();
    }
    assertThat(group.output()).doesNotContain("Exception");
  }

  private HttpResponse<String> expect(
      int status, Supplier<CompletableFuture<HttpResponse<String>>> asking) {
    return ask("an answer of status " + status, asking, answer -> answer.statusCode() == status);
  }

  /**
   * Asks until the answer is the one that is meant: a busy group may lack a leader for a moment.
   */
  private HttpResponse<String> ask(
      String what,
      Supplier<CompletableFuture<HttpResponse<String>>> asking,
      Predicate<HttpResponse<String>> meant) {
    List<HttpResponse<String>> answers = new ArrayList<>();
    Await.until(
        what,
        () -> {
          asking
              .get()
              .handle((answer, lost) -> Optional.ofNullable(answer))
              .join()
              .filter(meant)
              .ifPresent(answers::add);
          return !answers.isEmpty();
        },
        group::output);
    return answers.get(0);
  }

  private long term(NodeClient node) {
    AtomicLong term = new AtomicLong(-1);
    Await.until(
        "a status",
        () -> {
          node.status().ifPresent(status -> term.set(status.term()));
          return term.get() >= 0;
        },
        group::output);
    return term.get();
  }

  /** Artery may close the connection in the middle: that is its answer. */
  private void sendToPeerPort(String start, byte[] garbage) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), group.port("a"))) {
      OutputStream out = socket.getOutputStream();
      try {
        out.write(start.getBytes(UTF_8));
        out.write(garbage);
      } catch (IOException closed) {
        assertThat(closed).isNotNull();
      }
    }
  }

  private Path configuration(String members) throws IOException {
    Path file = Files.createTempFile(directory, "other", ".conf");
    return Files.writeString(file, "pekko-raft.node.members = [" + members + "]");
  }

  private void ended(int code, String message, String id, Path configuration, Path data)
      throws Exception {
    int before = group.output().length();
    ChildNode child = group.start(id, configuration, data);
    assertThat(child.awaitEnd(PATIENCE))
        .as("exit code; output: %s", group.output())
        .isEqualTo(code);
    String said = group.output().substring(before);
    assertThat(said).contains("pekko-raft: ").contains(message).doesNotContain("\tat ");
  }

  private void load(String name) throws InterruptedException {
    Loader loader = new Loader(group.clients(), IN_FLIGHT);
    Map<String, byte[]> pairs = pairs(name, KEYS);
    loader.load(pairs);
    remember(loader, pairs);
  }

  /** Loads one part after the other into {@code pairs}; the last one begins after the kill. */
  private static CompletableFuture<Void> loadUntil(
      AtomicBoolean killed, Loader loader, Map<String, byte[]> pairs) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            boolean last;
            do {
              last = killed.get();
              Map<String, byte[]> part = pairs("killed leader, from " + pairs.size(), KEYS / 4);
              loader.load(part);
              pairs.putAll(part);
            } while (!last);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        task -> new Thread(task, "load").start()); // it waits: not on the common pool
  }

  private static Map<String, byte[]> pairs(String name, int count) {
    Map<String, byte[]> pairs = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      pairs.put(name + "/" + i, ("value of " + i).getBytes(UTF_8));
    }
    return pairs;
  }

  private void remember(Loader loader, Map<String, byte[]> pairs) {
    assertThat(loader.acknowledged()).isEqualTo(pairs.size());
    acknowledged.putAll(pairs);
    lastIndex = Math.max(lastIndex, loader.lastIndex());
  }

  private void assertAllOnAll() throws Exception {
    for (String id : ProcessGroup.IDS) {
      assertAllOn(id);
    }
  }

  private void assertAllOn(String id) throws Exception {
    assertThat(Verification.awaitApplied(group.client(id), lastIndex, PATIENCE))
        .as("%s applies %s; output:%n%s", id, lastIndex, group.output())
        .isTrue();
    Verification.Result result = Verification.compare(group.client(id), acknowledged);
    assertThat(result).as("on %s", id).isEqualTo(new Verification.Result(acknowledged.size(), ""));
  }
}

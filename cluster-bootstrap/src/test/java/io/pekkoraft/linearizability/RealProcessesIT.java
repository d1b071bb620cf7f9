package io.pekkoraft.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.failover.Board;
import io.pekkoraft.failover.ChildProcess;
import io.pekkoraft.failover.Report;
import io.pekkoraft.failover.torture.Namespaces;
import io.pekkoraft.testkit.quality.QualityFigures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Members as processes of their own, killed, stopped and cut off, and clients that keep asking: is
 * what they were told linearizable, and do the members agree in the end? {@code
 * -Draft.processes.seconds=N} for so long, {@code -Draft.processes.members=3,5} for groups of those
 * sizes one after the other, {@code -Draft.processes.seed=S} for other faults, {@code
 * -Draft.processes.progress=N} for N operations between most faults. Networks are cut where this
 * process may make network namespaces, as root may.
 */
class RealProcessesIT {
  private static final int SECONDS = Integer.getInteger("raft.processes.seconds", 60);
  private static final long SEED = Long.getLong("raft.processes.seed", 1);
  private static final int CLIENTS = Integer.getInteger("raft.processes.clients", 12);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration LONG_PATIENCE = Duration.ofMinutes(5);
  private static final int PROGRESS = Integer.getInteger("raft.processes.progress", 5 * CLIENTS);

  /** Of operations, before it may end: a slow machine takes longer. */
  private static final long ENOUGH = 20L * SECONDS;

  private static final int LINES_OF_LOG = 60;

  @TempDir Path directory;
  private final Board board = new Board();
  private final Deque<Report> reports = new ArrayDeque<>();

  static List<Integer> sizes() {
    return List.of(System.getProperty("raft.processes.members", "3").split(",")).stream()
        .map(Integer::valueOf)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("sizes")
  @Timeout(value = 3, unit = TimeUnit.HOURS) // as long as one asks for, and a minute or two
  void what_clients_of_real_processes_are_told_is_linearizable(int size) throws Exception {
    List<String> ids = List.of("a", "b", "c", "d", "e", "f", "g").subList(0, size);
    StringBuilder why = new StringBuilder();
    @Nullable Namespaces network = networkIfAllowed(ids, why);
    try (network;
        MemberProcesses members = new MemberProcesses(ids, directory, network)) {
      for (int node = 0; node < size; node++) {
        members.start(node);
      }
      ChildProcess clients = startClients(members);
      try {
        ProcessFaults faults = strike(members, network, clients);
        judge(clients, members, faults, why.toString());
      } finally {
        clients.end();
      }
    }
  }

  private static @Nullable Namespaces networkIfAllowed(List<String> ids, StringBuilder why) {
    try {
      return Namespaces.create(ids);
    } catch (IOException notAllowed) {
      why.append(String.valueOf(notAllowed.getMessage()).lines().findFirst().orElse(""));
      return null;
    }
  }

  private ChildProcess startClients(MemberProcesses members) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.add(Long.toString(SEED));
    arguments.add(Integer.toString(CLIENTS));
    arguments.addAll(members.addresses());
    return ChildProcess.start(
        members.aroundClients(),
        ClientsProcess.class,
        arguments,
        directory.resolve("clients.log"),
        report -> board.change(() -> reports.add(report)));
  }

  private ProcessFaults strike(
      MemberProcesses members, @Nullable Namespaces network, ChildProcess clients)
      throws IOException, InterruptedException {
    SplittableRandom random = new SplittableRandom(SEED);
    ProcessFaults faults =
        new ProcessFaults(
            members,
            network,
            () -> ask(clients, "leader", "leader", PATIENCE).text(0),
            node -> ask(clients, "restarts " + node, "noted", PATIENCE),
            random);
    awaitLeader(clients);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    int kinds = faults.possible().size();
    for (int round = 0; round < kinds || System.nanoTime() < end; round++) {
      Board.elapse(Duration.ofMillis(random.nextLong(100, 1_000)));
      long before = acknowledged(clients);
      faults.strike(round);
      // Mostly there is some progress between two faults; what never runs shows nothing.
      if (random.nextInt(4) > 0) {
        awaitProgress(clients, before + PROGRESS);
      }
    }
    awaitProgress(clients, ENOUGH);
    return faults;
  }

  private long acknowledged(ChildProcess clients) {
    return ask(clients, "acknowledged", "acknowledged", PATIENCE).number(0);
  }

  private void awaitProgress(ChildProcess clients, long operations) throws InterruptedException {
    long end = System.nanoTime() + LONG_PATIENCE.toNanos();
    while (acknowledged(clients) < operations) {
      assertThat(System.nanoTime()).as("operations go on%s", tail("clients.log")).isLessThan(end);
      Board.elapse(Duration.ofMillis(50));
    }
  }

  private void awaitLeader(ChildProcess clients) throws InterruptedException {
    long end = System.nanoTime() + LONG_PATIENCE.toNanos();
    while (ask(clients, "leader", "leader", PATIENCE).text(0).equals("-")) {
      assertThat(System.nanoTime()).as("a leader in time").isLessThan(end);
      Board.elapse(Duration.ofMillis(100));
    }
  }

  private Report ask(ChildProcess clients, String question, String kind, Duration patience) {
    clients.tell(question);
    try {
      boolean answered = board.await(() -> !reports.isEmpty() || !clients.isAlive(), patience);
      Report[] answer = new Report[1];
      board.change(() -> answer[0] = reports.poll());
      if (!answered || answer[0] == null || !answer[0].kind().equals(kind)) {
        throw new AssertionError(question + " was answered " + answer[0] + tail("clients.log"));
      }
      return Objects.requireNonNull(answer[0]);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", interrupted);
    }
  }

  private String tail(String log) {
    try {
      List<String> lines = Files.readAllLines(directory.resolve(log));
      return "\n"
          + String.join(
              "\n", lines.subList(Math.max(0, lines.size() - LINES_OF_LOG), lines.size()));
    } catch (IOException none) {
      return "\nno " + log;
    }
  }

  private void judge(
      ChildProcess clients, MemberProcesses members, ProcessFaults faults, String whyNoCuts) {
    Report verdict = ask(clients, "stop", "verdict", LONG_PATIENCE);
    QualityFigures figures =
        QualityFigures.of("Real processes, " + members.count() + " members")
            .add("seconds under faults", SECONDS)
            .add("faults", faults.total())
            .add("operations checked", verdict.number(1))
            .add("keys", verdict.number(2))
            .add("operations of unknown outcome", verdict.number(3))
            .add("verdicts unknown", verdict.number(4))
            .add("local reads checked", verdict.number(5))
            .add("terms", verdict.number(6));
    for (ProcessFaults.Kind kind : ProcessFaults.Kind.values()) {
      Long count = faults.counts().get(kind);
      figures.add(
          "faults: " + kind,
          count != null
              ? count.toString()
              : whyNoCuts.isEmpty() ? "0" : "not covered: " + whyNoCuts);
    }
    figures.write();
    for (int node = 0; node < members.count(); node++) {
      assertThat(members.isAlive(node))
          .as("%s runs%s", node, tail(members.id(node) + ".log"))
          .isTrue();
    }
    assertThat(verdict.number(0)).as("violations%s", tail("clients.log")).isZero();
    assertThat(verdict.number(4)).as("verdicts unknown").isZero();
    assertThat(verdict.number(1)).as("operations").isGreaterThanOrEqualTo(ENOUGH);
    assertThat(verdict.number(5)).as("local reads").isGreaterThan(SECONDS / 10);
    assertThat(faults.counts().keySet()).containsAll(faults.possible());
    assertThat(verdict.number(6)).as("terms").isGreaterThan(1);
  }
}

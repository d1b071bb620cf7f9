package io.pekkoraft.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three processes are shut down in order and started again, one after the other, under load. */
class RollingRestartTest {
  private static final Duration DEADLINE = Duration.ofMinutes(1);
  private static final List<String> IDS = List.of("a", "b", "c");

  @TempDir Path temp;
  private final Map<String, RaftGroup> members = new ConcurrentHashMap<>();

  @Test
  void no_request_that_is_retried_within_its_deadline_is_lost()
      throws IOException, InterruptedException {
    try (Systems systems = new Systems(temp, "a", "b", "c")) {
      IDS.forEach(id -> start(systems, id, ""));
      Systems.count(member("a"), "warm-up");
      AtomicBoolean goOn = new AtomicBoolean(true);
      Queue<String> committed = new ConcurrentLinkedQueue<>();
      Queue<String> lost = new ConcurrentLinkedQueue<>();
      List<Thread> clients = IDS.stream().map(id -> client(id, goOn, committed, lost)).toList();
      clients.forEach(Thread::start);
      for (String id : IDS) {
        int before = committed.size();
        Systems.await("requests are committed", () -> committed.size() > before + 100);
        systems.shutDown(id);
        start(systems, id, "");
        String present = "after " + id;
        Systems.count(member(id), present); // it is back and has a leader
        committed.add(present);
      }
      goOn.set(false);
      for (Thread client : clients) {
        client.join();
      }

      assertThat(lost).isEmpty();
      assertThat(Systems.count(member("a"), "the last")).isEqualTo(committed.size() + 2);
    }
  }

  @Test
  void a_process_that_is_shut_down_hands_its_leadership_over() throws IOException {
    try (Systems systems = new Systems(temp, "a", "b", "c")) {
      // Far above what a busy machine delays.
      String patient =
          "pekko-raft { election-timeout = 3 s, heartbeat-interval = 100 ms }\n"
              + "pekko.coordinated-shutdown.default-phase-timeout = 60 s";
      IDS.forEach(id -> start(systems, id, patient));
      Systems.await("somebody leads", () -> leader(IDS) != null);
      String first = IDS.stream().filter(id -> member(id).leadership() != null).findFirst().get();
      List<String> others = IDS.stream().filter(id -> !id.equals(first)).toList();

      systems.shutDown(first);

      Systems.await("another one leads", () -> leader(others) != null);
      assertThat(leader(others)).matches(Leadership::byTransfer, "elected by a transfer");
    }
  }

  private @Nullable Leadership leader(List<String> ids) {
    return ids.stream()
        .map(id -> member(id).leadership())
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private RaftGroup member(String id) {
    RaftGroup member = members.get(id);
    assertThat(member).isNotNull();
    return member;
  }

  private void start(Systems systems, String id, String more) {
    members.put(id, PekkoRaft.get(systems.start(id, more)).start("counter", new Counter()));
  }

  /** Asks one member after the other until a request is committed, or its deadline is over. */
  private Thread client(
      String name, AtomicBoolean goOn, Queue<String> committed, Queue<String> lost) {
    AtomicLong number = new AtomicLong();
    return new Thread(
        () -> {
          while (goOn.get()) {
            String command = "client " + name + " " + number.incrementAndGet();
            (commit(command) ? committed : lost).add(command);
          }
        },
        "client-" + name);
  }

  private boolean commit(String command) {
    byte[] bytes = command.getBytes(StandardCharsets.UTF_8);
    long end = System.nanoTime() + DEADLINE.toNanos();
    for (int attempt = command.hashCode() & 0xFF; System.nanoTime() < end; attempt++) {
      Outcome outcome =
          member(IDS.get(attempt % IDS.size()))
              .propose(bytes, Duration.ofSeconds(1))
              .toCompletableFuture()
              .join();
      if (outcome instanceof Outcome.Committed) {
        return true;
      }
      LockSupport.parkNanos(5_000_000); // not now: ask the next one
    }
    return false;
  }
}

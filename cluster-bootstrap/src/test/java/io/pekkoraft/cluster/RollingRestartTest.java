package io.pekkoraft.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three processes are shut down in order and started again, one after the other, under load. */
class RollingRestartTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final List<String> IDS = List.of("a", "b", "c");

  @TempDir Path temp;
  private final Map<String, RaftGroup> members = new ConcurrentHashMap<>();

  @Test
  void no_request_that_is_retried_within_its_deadline_is_lost()
      throws IOException, InterruptedException {
    try (Systems systems = new Systems(temp, "a", "b", "c")) {
      IDS.forEach(id -> start(systems, id));
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
        start(systems, id);
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

  private RaftGroup member(String id) {
    RaftGroup member = members.get(id);
    assertThat(member).isNotNull();
    return member;
  }

  private void start(Systems systems, String id) {
    members.put(id, PekkoRaft.get(systems.start(id, "")).start("counter", new Counter()));
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

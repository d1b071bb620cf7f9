package io.pekkoraft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.quality.QualityFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Busy clients of keys and values under faults: all they are told is held against the order of
 * commits, and every eighth history is searched as well. {@code -Draft.keyvalue.seeds=N} runs N of
 * them, {@code -Draft.seed.first=S} from S on.
 */
class KeyValueSwarmTest {
  private static final int SEEDS = Integer.getInteger("raft.keyvalue.seeds", 130);
  private static final long FIRST = Long.getLong("raft.seed.first", 1);
  private static final int SEARCHED = 8;

  private static String replay(long seed) {
    return "mvn -o -pl testkit -am test -Dtest=KeyValueSwarmTest#replay -Draft.seed=" + seed;
  }

  private static KeyValueSwarm.Result run(long seed) {
    return KeyValueSwarm.run(
        seed, replay(seed), KeyValueSwarm.Variant.honest(seed % SEARCHED == 0));
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES) // seconds, unless the machine is busy or N is large
  void what_clients_are_told_is_linearizable_whatever_breaks() throws InterruptedException {
    List<KeyValueSwarm.Result> results = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    AtomicLong next = new AtomicLong(FIRST);
    long started = System.nanoTime();
    Runnable worker =
        () -> {
          for (long seed = next.getAndIncrement();
              seed < FIRST + SEEDS;
              seed = next.getAndIncrement()) {
            try {
              KeyValueSwarm.Result result = run(seed);
              synchronized (results) {
                results.add(result);
              }
            } catch (Throwable failure) {
              synchronized (failures) {
                failures.add(
                    new AssertionError(replay(seed) + "\n" + failure.getMessage(), failure));
              }
              return;
            }
          }
        };
    List<Thread> workers = List.of(new Thread(worker), new Thread(worker));
    workers.forEach(Thread::start);
    for (Thread thread : workers) {
      thread.join();
    }
    if (!failures.isEmpty()) {
      throw new AssertionError(failures.get(0).getMessage(), failures.get(0));
    }
    report(results, (System.nanoTime() - started) / 1e9);
  }

  private static void report(List<KeyValueSwarm.Result> results, double seconds) {
    Counters counters = new Counters();
    results.forEach(result -> counters.addAll(result.counters()));
    long operations = results.stream().mapToLong(KeyValueSwarm.Result::operations).sum();
    long searched = results.stream().mapToLong(KeyValueSwarm.Result::searched).sum();
    long events = results.stream().mapToLong(KeyValueSwarm.Result::events).sum();
    QualityFigures.of("Client histories")
        .add("seeds", results.size())
        .add("operations checked by the order of commits", operations)
        .add("operations checked by the search", searched)
        .add("verdicts unknown", 0)
        .add(
            "configurations searched",
            results.stream().mapToLong(KeyValueSwarm.Result::configurations).sum())
        .add(
            "local reads checked",
            results.stream().mapToLong(KeyValueSwarm.Result::localReads).sum())
        .add("operations of unknown outcome", counters.get(Counters.Kind.INDETERMINATE))
        .add("elections", counters.get(Counters.Kind.ELECTION))
        .add("operations a second", Math.round(operations / seconds))
        .add("events a second", Math.round(events / seconds))
        .write();
    System.out.println(counters);
    assertThat(operations).isGreaterThan(SEEDS * 1_000L);
    assertThat(searched).isGreaterThan(SEEDS * 100L);
    if (SEEDS >= 130) {
      assertThat(searched).isGreaterThanOrEqualTo(100_000);
    }
    assertThat(counters.get(Counters.Kind.INDETERMINATE)).isGreaterThan(SEEDS);
    assertThat(counters.get(Counters.Kind.ELECTION)).isGreaterThan(SEEDS);
    assertThat(counters.get(Counters.Kind.SNAPSHOT_INSTALLED)).isGreaterThan(SEEDS / 10);
  }

  @Test
  void a_seed_gives_the_same_run_every_time() {
    KeyValueSwarm.Result first = run(FIRST);
    KeyValueSwarm.Result again = run(FIRST);
    assertThat(again.traceHash()).isEqualTo(first.traceHash());
    assertThat(again.operations()).isEqualTo(first.operations());
  }

  @Test
  @EnabledIfSystemProperty(named = "raft.seed", matches = "-?\\d+")
  void replay() {
    System.out.println(
        KeyValueSwarm.run(Long.getLong("raft.seed", 0), "", KeyValueSwarm.Variant.honest(true)));
  }
}

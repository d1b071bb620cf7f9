package io.pekkoraft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.quality.QualityFigures;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Random runs under faults. {@code -Draft.seeds=N} runs N of them, {@code -Draft.seed.first=S} from
 * S on.
 */
class SwarmTest {
  private static final int SEEDS = Integer.getInteger("raft.seeds", 500);
  private static final long FIRST = Long.getLong("raft.seed.first", 1);

  static String replay(long seed) {
    return "mvn -o -pl testkit -am test -Dtest=SwarmTest#replay -Draft.seed=" + seed;
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES) // seconds, unless the machine is busy or N is large
  void random_faults_break_no_invariant_and_the_group_recovers() throws InterruptedException {
    Counters counters = new Counters();
    AtomicLong next = new AtomicLong(FIRST);
    AtomicLong events = new AtomicLong();
    List<Throwable> failures = new ArrayList<>();
    long started = System.nanoTime();
    Runnable worker =
        () -> {
          for (long seed = next.getAndIncrement();
              seed < FIRST + SEEDS;
              seed = next.getAndIncrement()) {
            try {
              Swarm.Result result = Swarm.run(seed, replay(seed));
              events.addAndGet(result.events());
              synchronized (counters) {
                counters.addAll(result.counters());
              }
            } catch (Throwable failure) {
              synchronized (failures) {
                failures.add(failure);
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
    double seconds = (System.nanoTime() - started) / 1e9;
    System.out.println(counters);
    QualityFigures.of("Protocol simulation")
        .add("seeds", SEEDS)
        .add("events", events.get())
        .add("events a second", Math.round(events.get() / seconds))
        .write();
    if (!failures.isEmpty()) {
      throw new AssertionError(failures.get(0).getMessage(), failures.get(0));
    }
    for (Counters.Kind kind : EnumSet.range(Counters.Kind.CRASH, Counters.Kind.INDETERMINATE)) {
      assertThat(counters.get(kind)).as("how often: %s", kind).isGreaterThanOrEqualTo(SEEDS / 10);
    }
  }

  @Test
  void a_seed_gives_the_same_run_every_time() {
    for (long seed = FIRST; seed < FIRST + 5; seed++) {
      Swarm.Result first = Swarm.run(seed, replay(seed));
      Swarm.Result again = Swarm.run(seed, replay(seed));
      assertThat(again.traceHash()).isEqualTo(first.traceHash());
      assertThat(again.events()).isEqualTo(first.events());
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "raft.seed", matches = "-?\\d+")
  void replay() {
    long seed = Long.getLong("raft.seed", 0);
    System.out.println(Swarm.run(seed, replay(seed)));
  }
}

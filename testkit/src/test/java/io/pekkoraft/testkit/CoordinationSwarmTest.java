package io.pekkoraft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Random runs of singletons and leases under faults, with clocks that drift. {@code
 * -Draft.coordination.seeds=N} runs N of them, {@code -Draft.seed.first=S} from S on.
 */
class CoordinationSwarmTest {
  private static final int SEEDS = Integer.getInteger("raft.coordination.seeds", 120);
  private static final long FIRST = Long.getLong("raft.seed.first", 1);

  private static String replay(long seed, boolean beyondBound) {
    return "mvn -o -pl testkit -am test -Dtest=CoordinationSwarmTest#replay -Draft.seed="
        + seed
        + (beyondBound ? " -Draft.beyond.bound=true" : "");
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES) // seconds, unless the machine is busy or N is large
  void within_the_drift_bound_no_two_handlers_overlap() throws InterruptedException {
    CoordinationChecks.Counts counts = run(SEEDS, false);
    assertThat(counts.overlaps).isZero();
    assertThat(counts.instances).isGreaterThan(5L * SEEDS);
    assertThat(counts.leases).isGreaterThan(SEEDS);
    assertThat(counts.handlers).isGreaterThan(100L * SEEDS);
    assertThat(counts.frozen).isPositive();
  }

  /** Leases hold nothing then: that it is found shows that the checks would find it above. */
  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void beyond_the_drift_bound_the_token_fences() throws InterruptedException {
    CoordinationChecks.Counts counts = run(SEEDS / 2, true);
    assertThat(counts.overlaps).isPositive();
    assertThat(counts.refusedByToken).isPositive();
  }

  private static CoordinationChecks.Counts run(int seeds, boolean beyondBound)
      throws InterruptedException {
    CoordinationChecks.Counts counts = new CoordinationChecks.Counts();
    AtomicLong next = new AtomicLong(FIRST);
    AtomicLong events = new AtomicLong();
    List<Throwable> failures = new ArrayList<>();
    long started = System.nanoTime();
    Runnable worker =
        () -> {
          for (long seed = next.getAndIncrement();
              seed < FIRST + seeds;
              seed = next.getAndIncrement()) {
            try {
              CoordinationSwarm.Result result =
                  CoordinationSwarm.run(seed, beyondBound, replay(seed, beyondBound));
              events.addAndGet(result.events());
              synchronized (counts) {
                counts.addAll(result.checks());
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
    System.out.printf(
        "%d seeds %s the drift bound, %d events, %.0f events/s: %s%n",
        seeds, beyondBound ? "beyond" : "within", events.get(), events.get() / seconds, counts);
    if (!failures.isEmpty()) {
      throw new AssertionError(failures.get(0).getMessage(), failures.get(0));
    }
    return counts;
  }

  @Test
  void a_seed_gives_the_same_run_every_time() {
    for (long seed = FIRST; seed < FIRST + 3; seed++) {
      CoordinationSwarm.Result first = once(seed, false);
      CoordinationSwarm.Result again = once(seed, false);
      assertThat(again.traceHash()).isEqualTo(first.traceHash());
      assertThat(again.checks().handlers).isEqualTo(first.checks().handlers);
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "raft.seed", matches = "-?\\d+")
  void replay() {
    System.out.println(once(Long.getLong("raft.seed", 0), Boolean.getBoolean("raft.beyond.bound")));
  }

  private static CoordinationSwarm.Result once(long seed, boolean beyondBound) {
    return CoordinationSwarm.run(seed, beyondBound, replay(seed, beyondBound));
  }
}

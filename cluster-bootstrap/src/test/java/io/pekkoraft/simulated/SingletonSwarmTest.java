package io.pekkoraft.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.Pictures;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Whatever goes wrong at random. {@code -Draft.singleton.seeds=N} runs N seeds, {@code
 * -Draft.singleton.seed.first=S} from S on.
 */
@ExtendWith(QuietLog.class)
class SingletonSwarmTest {
  private static final int SEEDS = Integer.getInteger("raft.singleton.seeds", 20);
  private static final long FIRST = Long.getLong("raft.singleton.seed.first", 1);

  private record Result(
      Map<String, Integer> faults, int tenures, int issued, long refused, long steps, long hash) {}

  /** A run that fails gets a picture. */
  private static Result drawn(long seed, Duration faulty) {
    return Pictures.of("singletons-" + seed, () -> run(seed, faulty));
  }

  private static Result run(long seed, Duration faulty) {
    Invoicing invoicing = new Invoicing(seed, 0.04);
    invoicing.awaitHome();
    Map<String, Integer> faults = invoicing.cluster.faults(faulty);
    invoicing.awaitHome();
    return new Result(
        faults,
        invoicing.instances.tokens().size(),
        invoicing.issued(),
        invoicing.lateWritesRefused(),
        invoicing.cluster.world().steps(),
        invoicing.cluster.world().traceHash());
  }

  @Test
  void one_instance_acts_at_a_time_whatever_goes_wrong() {
    Map<String, Integer> faults = new TreeMap<>();
    long started = System.nanoTime();
    long steps = 0;
    int tenures = 0;
    int issued = 0;
    long refused = 0;
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      Result result = drawn(seed, Duration.ofSeconds(7));
      result.faults().forEach((fault, count) -> faults.merge(fault, count, Integer::sum));
      steps += result.steps();
      tenures += result.tenures();
      issued += result.issued();
      refused += result.refused();
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    System.out.printf(
        "singletons: %d seeds in %.1f s, %d steps, %.0f steps/s, %d tenures, %d numbers issued, %d"
            + " late writes refused, %s%n",
        SEEDS, seconds, steps, steps / seconds, tenures, issued, refused, faults);
    if (SEEDS >= 20) {
      assertThat(tenures).isGreaterThan(3 * SEEDS / 2);
      assertThat(faults).as("every fault is drawn").hasSize(8);
      assertThat(refused).isPositive();
    }
  }

  @Test
  void a_seed_gives_the_same_run_every_time() {
    Result first = run(FIRST, Duration.ofSeconds(3));
    assertThat(run(FIRST, Duration.ofSeconds(3))).isEqualTo(first);
    assertThat(run(FIRST + 1, Duration.ofSeconds(3)).hash()).isNotEqualTo(first.hash());
  }
}

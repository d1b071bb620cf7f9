package io.pekkoraft.testkit.fullstack;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.fullstack.FullStackSwarm.Result;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random runs of the whole stack. {@code -Draft.fullstack.seeds=N} runs N of them, {@code
 * -Draft.fullstack.seed.first=S} from S on.
 */
@ExtendWith(QuietLog.class)
class FullStackSwarmTest {
  private static final int SEEDS = Integer.getInteger("raft.fullstack.seeds", 40);
  private static final long FIRST = Long.getLong("raft.fullstack.seed.first", 1);

  private static String replay(long seed) {
    return "mvn -o -pl testkit -am test -Dtest=FullStackSwarmTest#replay -Draft.fullstack.seed="
        + seed;
  }

  private static Result run(long seed) {
    return FullStackSwarm.run(seed, replay(seed));
  }

  @Test
  @Timeout(
      value = 10,
      unit = TimeUnit.MINUTES) // a minute, unless the machine is busy or N is large
  void random_faults_break_no_invariant_of_the_whole_stack_and_it_recovers() {
    Map<FullStackFault, Long> faults = new EnumMap<>(FullStackFault.class);
    long started = System.nanoTime();
    long steps = 0;
    long looks = 0;
    long acknowledged = 0;
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      Result result = run(seed);
      steps += result.steps();
      looks += result.looks();
      acknowledged += result.acknowledged();
      result.faults().forEach((fault, count) -> faults.merge(fault, count, Long::sum));
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    System.out.printf(
        "whole stack: %d seeds in %.1f s, %d steps, %.0f steps/s, %d acknowledged, %d looks at a"
            + " disk, %s%n",
        SEEDS, seconds, steps, steps / seconds, acknowledged, looks, faults);
    if (SEEDS >= 40) {
      assertThat(faults).as("every fault is drawn").hasSize(FullStackFault.values().length);
    }
  }

  @Test
  void a_seed_gives_the_same_run_every_time_under_faults() {
    for (long seed = FIRST; seed < FIRST + 2; seed++) {
      assertThat(run(seed)).isEqualTo(run(seed));
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "raft.fullstack.seed", matches = "-?\\d+")
  void replay() {
    System.out.println(run(Long.getLong("raft.fullstack.seed", 0)));
  }
}

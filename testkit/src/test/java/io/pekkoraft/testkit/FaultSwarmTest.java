package io.pekkoraft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.quality.QualityFigures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Random runs under faults. {@code -Draft.swarm.seeds=N} runs N of them, {@code
 * -Draft.seed.first=S} from S on, and {@code -Draft.minutes=M} goes on for so long.
 */
class FaultSwarmTest {
  private static final int SEEDS = Integer.getInteger("raft.swarm.seeds", 1500);
  private static final long FIRST = Long.getLong("raft.seed.first", 1);
  private static final int MINUTES = Integer.getInteger("raft.minutes", 0);
  private static final int SAMPLE = Math.max(8, SEEDS / 100);

  /**
   * The least that each class of faults must have counted in a run of all seeds; in one of many
   * more, one for each of so many seeds.
   */
  private static final int OFTEN_ENOUGH = 50;

  private static final int SEEDS_FOR_ONE = 50;

  private static final double NANOS_PER_HOUR = 3.6e12;

  @Test
  @Timeout(value = 30, unit = TimeUnit.HOURS) // two minutes, unless more is asked for
  void random_faults_break_no_invariant_and_the_group_recovers() throws InterruptedException {
    SeedRuns runs = new SeedRuns(FIRST, SEEDS, TimeUnit.MINUTES.toNanos(MINUTES));
    runs.run();
    Counters counters = runs.counters();
    System.out.println(counters);
    QualityFigures.of("Protocol simulation, all faults")
        .add("seeds", runs.seeds())
        .add("simulated cluster-hours", runs.virtualNanos() / NANOS_PER_HOUR)
        .add("events, all invariants looked at after each", runs.events())
        .add("operations checked by the order oracle", runs.operations())
        .add("classes of faults, each at least 50 times", classes(counters))
        .add("violations", 0)
        .add("events a second and thread, on a machine that did other things too", runs.rate())
        .write();
    if (runs.seeds() < 1500) {
      return; // too few for every class of faults
    }
    long enough = Math.max(OFTEN_ENOUGH, runs.seeds() / SEEDS_FOR_ONE);
    for (FaultModel.Row row : FaultModel.ROWS) {
      for (Enum<?> counter : row.counters()) {
        assertThat(counters.get(counter))
            .as("how often: %s, of %s", counter, row.fault())
            .isGreaterThanOrEqualTo(enough);
      }
    }
    for (Counters.Kind situation : FaultModel.SITUATIONS) {
      assertThat(counters.get(situation))
          .as("how often: %s", situation)
          .isGreaterThanOrEqualTo(enough);
    }
  }

  private static long classes(Counters counters) {
    return FaultModel.ROWS.stream()
        .flatMap(row -> row.counters().stream())
        .distinct()
        .filter(counter -> counters.get(counter) >= OFTEN_ENOUGH)
        .count();
  }

  @Test
  void a_seed_gives_the_same_run_every_time() {
    for (long seed = FIRST; seed < FIRST + SAMPLE; seed++) {
      FaultSwarm.Result first = FaultSwarm.run(seed, SwarmCommand.replay(seed));
      FaultSwarm.Result again = FaultSwarm.run(seed, SwarmCommand.replay(seed));
      assertThat(again.traceHash()).as("seed %s", seed).isEqualTo(first.traceHash());
      assertThat(again.events()).isEqualTo(first.events());
    }
    QualityFigures.of("Replay of plans").add("seeds run twice, bit-identical", SAMPLE).write();
  }

  @Test
  void a_plan_survives_being_written() {
    for (long seed = FIRST; seed < FIRST + 20; seed++) {
      Plan plan = Plan.of(seed);
      assertThat(Plan.parse(plan.toString())).isEqualTo(plan);
    }
  }

  @Test
  void what_once_failed_fails_no_more() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("src/test/resources/swarm/failures.txt"));
    List<String> plans = lines.stream().filter(line -> !line.startsWith("#")).toList();
    for (String text : plans) {
      Plan plan = Plan.parse(text);
      FaultSwarm.run(plan, SwarmCommand.replay(plan), simulation -> {});
    }
    QualityFigures.of("Recorded failures").add("plans that once failed", plans.size()).write();
  }

  @Test
  @EnabledIfSystemProperty(named = "raft.seed", matches = "-?\\d+")
  void replay() {
    long seed = Long.getLong("raft.seed", 0);
    System.out.println(FaultSwarm.run(seed, SwarmCommand.replay(seed)));
  }

  /** {@code -Draft.plan=}: a plan, or the name of a file that holds one. */
  @Test
  @EnabledIfSystemProperty(named = "raft.plan", matches = ".+")
  void replay_plan() throws IOException {
    String text = System.getProperty("raft.plan", "");
    Plan plan = Plan.parse(text.startsWith("seed=") ? text : Files.readString(Path.of(text)));
    System.out.println(FaultSwarm.run(plan, SwarmCommand.replay(plan), simulation -> {}));
  }
}

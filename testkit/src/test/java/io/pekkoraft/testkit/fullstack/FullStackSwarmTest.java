package io.pekkoraft.testkit.fullstack;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.fullstack.FullStackShrinker.Failure;
import io.pekkoraft.testkit.fullstack.FullStackSwarm.Result;
import io.pekkoraft.testkit.quality.QualityFigures;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random runs of the whole stack. {@code -Draft.fullstack.seeds=N} runs N of them, {@code
 * -Draft.fullstack.seed.first=S} from S on, {@code -Draft.fullstack.faults=DAMAGE+WIPE} with these
 * kinds of faults alone. What fails is drawn, made smaller for a minute, drawn again, and the
 * command printed that runs it again.
 */
@ExtendWith(QuietLog.class)
class FullStackSwarmTest {
  private static final int SEEDS = Integer.getInteger("raft.fullstack.seeds", 40);
  private static final long FIRST = Long.getLong("raft.fullstack.seed.first", 1);
  private static final long SHRINK_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** Instead of the kinds that each seed draws. */
  private static final Set<FullStackFault> ONLY =
      FullStackPlan.kinds(System.getProperty("raft.fullstack.faults", FullStackPlan.NO_FAULT));

  /** So many seeds draw every fault. */
  private static final int ENOUGH_SEEDS = 30;

  private static final String TEST =
      "mvn -o -pl testkit -am test -Dtest=FullStackSwarmTest#replay ";

  private static String replay(long seed) {
    return TEST + "-Draft.fullstack.seed=" + seed;
  }

  private static String replay(FullStackPlan plan) {
    return TEST.replace("#replay", "#replay_plan") + "-Draft.fullstack.plan=" + plan;
  }

  private static Result run(long seed) {
    FullStackPlan drawn = FullStackPlan.of(seed);
    FullStackPlan only = drawn.with(ONLY);
    return ONLY.isEmpty() ? run(drawn, replay(seed)) : run(only, replay(only));
  }

  private static Result run(FullStackPlan plan, String replay) {
    try {
      return FullStackSwarm.drawn(plan, replay);
    } catch (AssertionError failure) {
      System.out.println(replay);
      Failure found = FullStackShrinker.failure(plan, replay);
      if (found != null) {
        Failure small = shrunk(found, SHRINK_NANOS);
        System.out.println("made smaller: " + replay(small.plan()));
        try {
          FullStackSwarm.drawn(small.plan(), replay(small.plan()));
        } catch (AssertionError | RuntimeException again) {
          failure.addSuppressed(again);
        }
      }
      throw failure;
    } catch (RuntimeException broken) {
      System.out.println(replay);
      throw broken;
    }
  }

  private static Failure shrunk(Failure failure, long limitNanos) {
    return new FullStackShrinker(
            failure, smaller -> FullStackShrinker.failure(smaller, replay(smaller)), limitNanos)
        .shrink();
  }

  @Test
  @Timeout(
      value = 10,
      unit = TimeUnit.MINUTES) // under a minute, unless the machine is busy or N is large
  void random_faults_break_no_invariant_of_the_whole_stack_and_it_recovers() {
    Map<FullStackFault, Long> faults = new EnumMap<>(FullStackFault.class);
    List<Result> results = new ArrayList<>();
    long started = System.nanoTime();
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      Result result = run(seed);
      results.add(result);
      result.faults().forEach((fault, count) -> faults.merge(fault, count, Long::sum));
    }
    report(results, faults, (System.nanoTime() - started) / 1e9);
    if (SEEDS >= ENOUGH_SEEDS && ONLY.isEmpty()) {
      assertThat(faults).as("every fault is drawn").hasSize(FullStackFault.values().length);
      assertThat(faults.values()).as("and happens: %s", faults).allMatch(count -> count > 0);
      assertThat(sum(results, Result::out)).as("damage that takes members out").isPositive();
      assertThat(sum(results, Result::withoutLoss)).as("damage that does not matter").isPositive();
    }
  }

  /** A red seed once: the check took the true result for a word of a member that has failed. */
  @Test
  void a_slow_state_machine_tells_a_result_after_the_storage_has_failed() {
    assertThat(run(1050).faults()).containsKey(FullStackFault.FLUSH_ERROR);
  }

  private static long sum(List<Result> results, ToLongFunction<Result> figure) {
    return results.stream().mapToLong(figure).sum();
  }

  private static void report(
      List<Result> results, Map<FullStackFault, Long> faults, double seconds) {
    long steps = sum(results, Result::steps);
    QualityFigures figures =
        QualityFigures.of("Whole stack")
            .add("seeds", results.size())
            .add("steps", steps)
            .add("steps a second", Math.round(steps / seconds))
            .add("looks at a disk", sum(results, Result::looks))
            .add("statuses checked", sum(results, Result::statuses))
            .add("operations searched", sum(results, Result::searched))
            .add("acknowledged", sum(results, Result::acknowledged))
            .add("of unknown outcome", sum(results, Result::indeterminate))
            .add("members that damage took out", sum(results, Result::out))
            .add("damages that did not matter", sum(results, Result::withoutLoss));
    figures.write();
    System.out.printf(
        "whole stack: %d seeds in %.1f s, %d steps, %.0f steps/s, %s%n",
        results.size(), seconds, steps, steps / seconds, faults);
  }

  @Test
  void a_seed_gives_the_same_run_every_time_under_faults() {
    for (long seed = FIRST; seed < FIRST + 2; seed++) {
      assertThat(run(seed)).isEqualTo(run(seed));
    }
  }

  @Test
  void a_plan_is_read_as_it_was_written() {
    for (long seed = 1; seed <= 20; seed++) {
      FullStackPlan plan = FullStackPlan.of(seed).withChance(3).withClients(2).withFaultsFor(700);
      assertThat(FullStackPlan.parse(plan.toString())).isEqualTo(plan);
    }
    FullStackPlan calm = FullStackPlan.of(1).with(EnumSet.noneOf(FullStackFault.class));
    assertThat(FullStackPlan.parse(calm.toString())).isEqualTo(calm);
  }

  /** With a stand-in for a run: whatever has these two faults fails. */
  @Test
  void what_fails_is_made_smaller_until_only_what_it_needs_is_left() {
    EnumSet<FullStackFault> needed = EnumSet.of(FullStackFault.PAUSE, FullStackFault.KILL);
    FullStackPlan all = FullStackPlan.of(1).with(EnumSet.allOf(FullStackFault.class));
    Failure found = new Failure(all, "I0", "");
    Failure small =
        new FullStackShrinker(
                found,
                plan ->
                    plan.faults().containsAll(needed) && plan.faultMillis() > 2_000
                        ? new Failure(plan, "I0", "")
                        : null,
                SHRINK_NANOS)
            .shrink();
    assertThat(small.plan().faults()).isEqualTo(needed);
    assertThat(small.plan().faultMillis()).isEqualTo(2_500);
    assertThat(small.plan().clients()).isEqualTo(1);
  }

  @Test
  @EnabledIfSystemProperty(named = "raft.fullstack.seed", matches = "-?\\d+")
  void replay() {
    System.out.println(run(Long.getLong("raft.fullstack.seed", 0)));
  }

  @Test
  @EnabledIfSystemProperty(named = "raft.fullstack.plan", matches = ".+")
  void replay_plan() {
    FullStackPlan plan = FullStackPlan.parse(System.getProperty("raft.fullstack.plan", ""));
    System.out.println(FullStackSwarm.drawn(plan, replay(plan)));
  }
}

package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.testkit.InvariantViolation;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes a failing plan small: fewer kinds of faults, fewer clients, less time, as long as the same
 * is violated. Each smaller plan is another run, so each gets a few chances to fail.
 */
final class FullStackShrinker {
  private static final int CHANCES = 3;

  /**
   * A failure.
   *
   * @param invariant what was violated, in short
   * @param report all of it
   */
  record Failure(FullStackPlan plan, String invariant, String report) {}

  private final Function<FullStackPlan, @Nullable Failure> run;
  private final long endNanos;
  private Failure best;

  /**
   * @param run see {@link #failure}
   * @param limitNanos of real time; what was found by then is the result
   */
  FullStackShrinker(
      Failure failure, Function<FullStackPlan, @Nullable Failure> run, long limitNanos) {
    this.best = failure;
    this.run = run;
    this.endNanos = System.nanoTime() + limitNanos;
  }

  /**
   * Runs a plan.
   *
   * @return null if it does not fail
   */
  static @Nullable Failure failure(FullStackPlan plan, String replay) {
    try {
      FullStackSwarm.run(plan, replay);
      return null;
    } catch (InvariantViolation violation) {
      return new Failure(plan, violation.invariant(), String.valueOf(violation.getMessage()));
    } catch (AssertionError | RuntimeException thrown) {
      String report = String.valueOf(thrown.getMessage());
      // Without names and numbers, which are others in another run.
      String first = report.lines().findFirst().orElse("").replaceAll("[:=\\[].*", "");
      return new Failure(plan, thrown.getClass().getSimpleName() + " " + first, report);
    }
  }

  /** Time first: with less of it the same happens up to its end, and every later run is shorter. */
  Failure shrink() {
    lessTime();
    fewerFaults();
    accept(best.plan().withClients(1));
    lessTime();
    return best;
  }

  private void lessTime() {
    while (best.plan().faultMillis() > 1
        && accept(best.plan().withFaultsFor(best.plan().faultMillis() / 2))) {
      // half of that, then
    }
  }

  /** Half of the kinds at once, then half of those that are left, and so on down to each alone. */
  private void fewerFaults() {
    for (int size = (best.plan().faults().size() + 1) / 2; size > 0; size /= 2) {
      List<FullStackFault> kinds = best.plan().faults().stream().sorted().toList();
      for (int from = 0; from < kinds.size(); from += size) {
        Set<FullStackFault> fewer = EnumSet.noneOf(FullStackFault.class);
        fewer.addAll(best.plan().faults());
        fewer.removeAll(kinds.subList(from, Math.min(from + size, kinds.size())));
        accept(best.plan().with(fewer));
      }
    }
  }

  private boolean accept(FullStackPlan plan) {
    for (int more = 0; more < CHANCES && System.nanoTime() < endNanos; more++) {
      Failure failure = run.apply(plan.withChance(plan.chance() + more));
      if (failure != null && failure.invariant().equals(best.invariant())) {
        best = failure;
        return true;
      }
    }
    return false;
  }
}

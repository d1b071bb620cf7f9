package io.pekkoraft.testkit;

import io.pekkoraft.testkit.fault.StepKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a failing plan small: fewer members, fewer kinds of faults, fewer steps, less time, as long
 * as the same invariant is violated (delta debugging). Of what is left a person can read every
 * event.
 */
final class Shrinker {
  /** Enough for a person to read. */
  static final long FEW_EVENTS = 200;

  private static final int MOST_CHANCES = 40;

  /**
   * A failure.
   *
   * @param events how many there were until the violation
   * @param nanos when it happened
   */
  record Failure(Plan plan, String invariant, String report, long events, long nanos) {}

  private final Consumer<Simulation> tamper;
  private final long endNanos;
  private Failure best;
  private int runs;

  /**
   * @param tamper what is broken on purpose in every run
   * @param limitNanos of real time; what was found by then is the result
   */
  Shrinker(Failure failure, Consumer<Simulation> tamper, long limitNanos) {
    this.best = failure;
    this.tamper = tamper;
    this.endNanos = System.nanoTime() + limitNanos;
  }

  /**
   * Runs a plan.
   *
   * @return null if it does not fail
   */
  static @Nullable Failure failure(Plan plan, Consumer<Simulation> tamper) {
    Simulation[] run = new Simulation[1];
    try {
      FaultSwarm.run(
          plan,
          SwarmCommand.replay(plan),
          simulation -> {
            run[0] = simulation;
            tamper.accept(simulation);
          });
      return null;
    } catch (InvariantViolation violation) {
      return failure(plan, violation.invariant(), violation, run[0]);
    } catch (RuntimeException thrown) {
      return failure(plan, thrown.getClass().getSimpleName(), thrown, run[0]);
    }
  }

  private static Failure failure(
      Plan plan, String invariant, Throwable thrown, Simulation simulation) {
    return new Failure(
        plan,
        invariant,
        String.valueOf(thrown.getMessage()),
        simulation.events(),
        simulation.nowNanos());
  }

  int runs() {
    return runs;
  }

  Failure shrink() {
    endAtViolation();
    accept(best.plan().withoutPartial());
    fewerMembers();
    fewerKinds();
    long before;
    do {
      before = best.events();
      fewerSteps();
      lessTime();
      otherChance();
    } while (best.events() < before && best.events() > FEW_EVENTS && hasTime());
    fewerSteps();
    return best;
  }

  private boolean hasTime() {
    return System.nanoTime() < endNanos;
  }

  /** Takes a smaller plan if it fails in the same way, and no later. */
  private boolean accept(Plan plan) {
    if (plan.equals(best.plan()) || !hasTime()) {
      return false;
    }
    runs++;
    Failure failure = failure(plan, tamper);
    boolean smaller =
        failure != null
            && failure.invariant().equals(best.invariant())
            && failure.events() <= best.events();
    if (failure != null && smaller) {
      best = failure;
      endAtViolation();
    }
    return smaller;
  }

  /** What comes after the violation does not matter. */
  private void endAtViolation() {
    long endMicros = best.nanos() / Step.NANOS_PER_MICRO + 1;
    Plan plan = best.plan();
    List<Step> steps = plan.steps().stream().filter(step -> step.atMicros() < endMicros).toList();
    if (steps.size() < plan.steps().size()) {
      Failure same = failure(plan.with(steps), tamper);
      runs++;
      if (same != null && same.invariant().equals(best.invariant())) {
        best = same;
      }
    }
  }

  private void fewerMembers() {
    for (int members : new int[] {1, 2, 3, 4}) {
      if (members < best.plan().members() && accept(best.plan().withMembers(members))) {
        return;
      }
    }
  }

  private void fewerKinds() {
    Set<StepKind> kinds = EnumSet.noneOf(StepKind.class);
    best.plan().steps().forEach(step -> kinds.add(step.kind()));
    for (StepKind kind : kinds) {
      Plan plan = best.plan();
      accept(plan.with(plan.steps().stream().filter(step -> step.kind() != kind).toList()));
    }
  }

  /** Leaves out ever smaller runs of steps. */
  private void fewerSteps() {
    for (int length = Math.max(1, best.plan().steps().size() / 2); ; length /= 2) {
      int from = 0;
      while (from < best.plan().steps().size() && hasTime()) {
        List<Step> fewer = new ArrayList<>(best.plan().steps());
        fewer.subList(from, Math.min(from + length, fewer.size())).clear();
        if (!accept(best.plan().with(fewer))) {
          from += length;
        }
      }
      if (length <= 1) {
        return;
      }
    }
  }

  /** Lets each step, and the calm, come sooner after the one before. */
  private void lessTime() {
    for (int i = 0; i < best.plan().steps().size() && hasTime(); i++) {
      long gap = gapBefore(i);
      for (long less = gap; less > 1_000 && !accept(sooner(i, less)); less /= 2) {
        // half of that, then
      }
    }
    long last = best.plan().steps().stream().mapToLong(Step::atMicros).max().orElse(0);
    for (long less = best.plan().faultMicros() - last;
        less > 1_000 && !accept(best.plan().withFaultsFor(best.plan().faultMicros() - less));
        less /= 2) {
      // half of that, then
    }
  }

  private long gapBefore(int index) {
    List<Step> steps = best.plan().steps();
    return steps.get(index).atMicros() - (index == 0 ? 0 : steps.get(index - 1).atMicros());
  }

  private Plan sooner(int index, long micros) {
    Plan plan = best.plan();
    List<Step> steps = new ArrayList<>(plan.steps());
    for (int i = index; i < steps.size(); i++) {
      steps.set(i, steps.get(i).at(steps.get(i).atMicros() - micros));
    }
    return plan.with(steps).withFaultsFor(Math.max(1, plan.faultMicros() - micros));
  }

  /** With other delays, and other members first, it may happen sooner. */
  private void otherChance() {
    for (int chance = 1; chance <= MOST_CHANCES && best.events() > FEW_EVENTS; chance++) {
      accept(best.plan().withChance(chance));
    }
  }
}

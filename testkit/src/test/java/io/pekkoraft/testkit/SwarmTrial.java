package io.pekkoraft.testkit;

import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** One random run under faults, as a trial for mutants. Loaded by name, see {@code Trial}. */
public final class SwarmTrial implements LongFunction<@Nullable String> {
  /** Some hundred times what an honest run needs: a mutant that does not come to an end. */
  private static final long MAX_EVENTS = 2_000_000;

  @Override
  public @Nullable String apply(long seed) {
    try {
      FaultSwarm.run(
          seed, "a mutant, seed " + seed, simulation -> simulation.limitEvents(MAX_EVENTS));
      return null;
    } catch (InvariantViolation violation) {
      return violation.invariant();
    } catch (RuntimeException | StackOverflowError thrown) {
      return "threw " + thrown.getClass().getSimpleName();
    }
  }
}

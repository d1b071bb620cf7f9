package io.pekkoraft.testkit;

import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One random run, and if it fails, the smallest that fails in the same way; a trial for mutants.
 * Loaded by name, see {@code Trial}.
 */
public final class ShrinkTrial implements LongFunction<@Nullable String> {
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(100);

  private static void limit(Simulation simulation) {
    simulation.limitEvents(2_000_000);
  }

  /**
   * @return the invariant, how many events led to its violation in the shrunk run, and the
   *     invariant that this run violates when it runs again, with tabs between; null if nothing
   *     fails
   */
  @Override
  public @Nullable String apply(long seed) {
    Shrinker.Failure found = Shrinker.failure(Plan.of(seed), ShrinkTrial::limit);
    if (found == null) {
      return null;
    }
    Shrinker.Failure shrunk = new Shrinker(found, ShrinkTrial::limit, LIMIT_NANOS).shrink();
    Shrinker.Failure again =
        Shrinker.failure(Plan.parse(shrunk.plan().toString()), ShrinkTrial::limit);
    return found.invariant()
        + "\t"
        + shrunk.events()
        + "\t"
        + (again == null ? "nothing" : again.invariant());
  }
}

package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.testkit.fullstack.FullStackShrinker.Failure;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A run of the whole stack whose failure is made smaller. Says, parted by tabs: what was violated,
 * the plan, the plan that is left, how many runs that took, and what a run of it from its line
 * violates.
 */
public final class FullStackShrinkTrial implements LongFunction<@Nullable String> {
  private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(2);

  @Override
  public @Nullable String apply(long seed) {
    return FullStackTrial.inOwnLoader(() -> shrunk(FullStackPlan.of(seed)));
  }

  private static @Nullable String shrunk(FullStackPlan plan) {
    Failure found = FullStackShrinker.failure(plan, "");
    if (found == null) {
      return null;
    }
    int[] runs = new int[1];
    FullStackShrinker shrinker =
        new FullStackShrinker(
            found,
            smaller -> {
              runs[0]++;
              return FullStackShrinker.failure(smaller, "");
            },
            LIMIT_NANOS);
    String small = shrinker.shrink().plan().toString();
    Failure again = FullStackShrinker.failure(FullStackPlan.parse(small), "");
    return String.join(
        "\t",
        found.invariant(),
        plan.toString(),
        small,
        String.valueOf(runs[0]),
        again == null ? "nothing" : again.invariant());
  }
}

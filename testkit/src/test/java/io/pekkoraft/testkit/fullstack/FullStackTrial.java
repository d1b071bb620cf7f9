package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.testkit.InvariantViolation;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One random run of the whole stack, as a trial for mutants. Loaded by name, see {@code Trial}. */
public final class FullStackTrial implements LongFunction<@Nullable String> {
  @Override
  public @Nullable String apply(long seed) {
    return inOwnLoader(() -> noticed(seed));
  }

  /** Pekko makes many things from the names of their classes: the mutant's, not the others. */
  static @Nullable String inOwnLoader(Supplier<@Nullable String> trial) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(FullStackTrial.class.getClassLoader());
    try {
      return trial.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static @Nullable String noticed(long seed) {
    try {
      FullStackSwarm.run(FullStackPlan.of(seed), "a mutant, seed " + seed);
      return null;
    } catch (InvariantViolation violation) {
      return violation.invariant();
    } catch (AssertionError failure) {
      // That clients saw what cannot be explained, mostly.
      return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    } catch (RuntimeException | StackOverflowError thrown) {
      return "threw " + thrown.getClass().getSimpleName();
    }
  }
}

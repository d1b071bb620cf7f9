package io.pekkoraft.persistence.wal;

import io.pekkoraft.persistence.file.TracedStorage.Faults;
import java.io.IOException;
import java.util.Objects;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * For mutants of the log: runs the workload of a seed, and tells what is wrong after a power loss
 * at one of its calls, or null.
 */
public final class CrashPointTrial implements LongFunction<@Nullable String> {
  @Override
  public @Nullable String apply(long seed) {
    try {
      new CrashPoints().imagesOf(seed, Faults.NONE);
      return null;
    } catch (AssertionError | RuntimeException noticed) {
      Throwable cause = Objects.requireNonNullElse(noticed.getCause(), noticed);
      return cause.toString();
    } catch (IOException failure) {
      return failure.toString();
    }
  }
}

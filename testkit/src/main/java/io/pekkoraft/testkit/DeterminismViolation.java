package io.pekkoraft.testkit;

import org.jspecify.annotations.Nullable;

/** A state machine did not do the same twice, or threw: then with its exception as the cause. */
public final class DeterminismViolation extends AssertionError {
  private static final long serialVersionUID = 1L;
  private final long index;

  DeterminismViolation(long index, String report, @Nullable Throwable cause) {
    super(report, cause);
    this.index = index;
  }

  /** Where in the list of commands it showed first, counted from 1. */
  public long index() {
    return index;
  }
}

package io.pekkoraft.testkit;

/** A state machine did not do the same twice. */
public final class DeterminismViolation extends AssertionError {
  private static final long serialVersionUID = 1L;
  private final long index;

  DeterminismViolation(long index, String report) {
    super(report);
    this.index = index;
  }

  /** Where in the list of commands it showed first, counted from 1. */
  public long index() {
    return index;
  }
}

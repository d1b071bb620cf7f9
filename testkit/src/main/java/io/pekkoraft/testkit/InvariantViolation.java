package io.pekkoraft.testkit;

/**
 * Something happened that must never happen, whatever the network, the disks and the clocks do. An
 * error, not an exception: a node that fails on exceptions must not swallow it.
 */
public final class InvariantViolation extends AssertionError {
  private static final long serialVersionUID = 1L;
  private final String invariant;

  /**
   * @param invariant its short name
   * @param report what happened, the line that replays it, and what led to it
   */
  public InvariantViolation(String invariant, String report) {
    super(report);
    this.invariant = invariant;
  }

  /** The same, with a line more in its report. */
  InvariantViolation with(String line) {
    String report = String.valueOf(getMessage()).stripTrailing() + "\n  " + line + "\n";
    InvariantViolation longer = new InvariantViolation(invariant, report);
    if (getCause() != null) {
      longer.initCause(getCause());
    }
    longer.setStackTrace(getStackTrace());
    return longer;
  }

  /** The short name of what was violated, as in "I11 a grant is durable". */
  public String invariant() {
    return invariant;
  }
}

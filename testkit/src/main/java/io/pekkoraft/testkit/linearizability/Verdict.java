package io.pekkoraft.testkit.linearizability;

/** What {@link LinearizabilityChecker} found. */
public sealed interface Verdict {

  /**
   * There is an order that explains everything.
   *
   * @param operations looked at, of all partitions
   * @param configurations that the search went through
   */
  record Linearizable(long operations, long configurations) implements Verdict {}

  /**
   * There is none.
   *
   * @param explanation the operations that conflict, for people
   */
  record NotLinearizable(String explanation) implements Verdict {}

  /**
   * The search gave up. Not a pass: let more keys share the load, have fewer operations whose
   * outcome is unknown (see {@link RotatingKeys}), or allow more.
   *
   * @param reason what there was too much of
   */
  record Unknown(String reason) implements Verdict {}

  /**
   * For tests: only one of the three will do.
   *
   * @return this
   * @throws AssertionError unless it is {@link Linearizable}
   */
  default Linearizable orFail() {
    if (this instanceof Linearizable linearizable) {
      return linearizable;
    }
    throw new AssertionError(this instanceof NotLinearizable not ? not.explanation() : toString());
  }
}

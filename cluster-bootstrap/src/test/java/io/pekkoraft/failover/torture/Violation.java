package io.pekkoraft.failover.torture;

/**
 * Something that must not have happened.
 *
 * @param details for people
 */
record Violation(Rule rule, String details) {

  /** What must hold. */
  enum Rule {
    /** A handler starts only before anything of a newer instance does. */
    NO_START_AFTER_SUCCESSOR,
    /** Handlers of two instances do not overlap. */
    NO_OVERLAP,
    /** A handler starts only under a valid lease. */
    NO_START_WITHOUT_LEASE,
    /** No handler starts on a node that was cut off for longer than a lease. */
    NO_START_WHEN_CUT_OFF,
    /** What a user asks once is handled at most once. */
    AT_MOST_ONCE,
    /** Each instance has a token of its own. */
    OWN_TOKEN,
    /** The resource never accepts a token below one that it has seen. */
    NO_STALE_ACCESS,
    /** The resource refuses nothing else: tokens rise from instance to instance. */
    RISING_TOKENS,
    /** After the fault all users are soon answered by one instance. */
    BACK,
    /** The nodes' processes do not end by themselves. */
    ALIVE,
    /** Faults raise the term by no more than the elections that they make necessary. */
    STEADY_TERMS
  }

  @Override
  public String toString() {
    return rule + ": " + details;
  }
}

package io.pekkoraft.rules;

/**
 * For how long a leader may act on its own after a majority acknowledged it (thesis 6.4.1), counted
 * from when it *sent* what they acknowledged. Within it no other leader can have committed
 * anything, if all clocks run within the drift bound.
 */
public final class LeaderLease {
  private LeaderLease() {}

  /** ET (1 - d) / (1 + d): the voter's clock may be fast and the leader's slow. */
  public static long durationNanos(long electionTimeoutNanos, double driftBound) {
    return (long) (electionTimeoutNanos * (1 - driftBound) / (1 + driftBound));
  }

  public static boolean holds(long quorumSentNanos, long nowNanos, long durationNanos) {
    return nowNanos - quorumSentNanos < durationNanos;
  }
}

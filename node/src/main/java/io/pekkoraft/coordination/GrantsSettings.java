package io.pekkoraft.coordination;

import io.pekkoraft.rules.LeaderLease;

/**
 * What the leader's side needs to know; the same on all members.
 *
 * @param electionTimeoutNanos of the group
 * @param driftBound of the group
 * @param pingIntervalNanos how often sessions speak
 * @param handlerGraceNanos a handler that was begun while the lease was valid is over by then
 * @param rebalanceAfterNanos how long names may be spread unevenly before one is moved
 */
public record GrantsSettings(
    long electionTimeoutNanos,
    double driftBound,
    long pingIntervalNanos,
    long handlerGraceNanos,
    long rebalanceAfterNanos) {

  /** How long a new leader waits for the sessions to find it before their silence counts. */
  long attachNanos() {
    return Math.max(3 * pingIntervalNanos, handlerGraceNanos);
  }

  /** A session that was not heard for so long is given nothing. */
  long liveNanos() {
    return Math.min(6 * pingIntervalNanos, electionTimeoutNanos);
  }

  /** How long a session may use a lease after its ping, on its own clock. */
  long validNanos(long timeToLiveNanos) {
    return LeaderLease.durationNanos(timeToLiveNanos, driftBound);
  }
}

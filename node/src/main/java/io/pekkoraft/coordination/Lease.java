package io.pekkoraft.coordination;

/**
 * What a session holds, and until when it may use it.
 *
 * @param untilNanos on the session's own clock; never falls for one token
 */
record Lease(
    String name, long token, String owner, boolean chained, long untilNanos, boolean lapsed) {

  boolean isValid(long nowNanos) {
    return nowNanos - untilNanos < 0;
  }

  Lease withLapsed(boolean now) {
    return new Lease(name, token, owner, chained, untilNanos, now);
  }
}

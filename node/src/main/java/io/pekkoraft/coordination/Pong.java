package io.pekkoraft.coordination;

import io.pekkoraft.coordination.Wishes.Instance;
import java.util.List;

/**
 * A leader's answer to a {@link Ping}.
 *
 * @param session whom it is for: another life at the same address must not take it
 * @param term in which the sender leads
 * @param counter grows from pong to pong of a term
 * @param echoNanos {@link Ping#sentNanos} of what is answered
 * @param provenAgeNanos how long ago, when this was said, that was sent which a majority
 *     acknowledged last
 * @param leaseNanos for how long that proves the leadership
 * @param knownRevision of the session's wishes; 0: none
 * @param held all that the table says the session holds
 * @param refused leases that it asked for and that others have
 * @param undecided names that may be given to it by what is under way
 * @param instances where watched names act, with an empty path if nowhere; what is not yet known is
 *     left out
 */
public record Pong(
    SessionId session,
    long term,
    long counter,
    long echoNanos,
    long provenAgeNanos,
    long leaseNanos,
    long knownRevision,
    List<Held> held,
    List<Refusal> refused,
    List<String> undecided,
    List<Instance> instances)
    implements CoordinationMessage {

  /**
   * Keeps copies.
   *
   * @throws IllegalArgumentException if an age or a duration is negative
   */
  public Pong {
    if (provenAgeNanos < 0 || leaseNanos < 0) {
      throw new IllegalArgumentException(
          "an age of " + provenAgeNanos + " ns, a lease of " + leaseNanos + " ns");
    }
    held = List.copyOf(held);
    refused = List.copyOf(refused);
    undecided = List.copyOf(undecided);
    instances = List.copyOf(instances);
  }

  /**
   * What is held.
   *
   * @param validNanos counted from the echo; 0 for a chained lease, which the pong's own {@code
   *     leaseNanos} limits
   * @param handOver true if another session shall have it: stop, then release
   */
  public record Held(String name, long token, String owner, long validNanos, boolean handOver) {
    /**
     * @throws IllegalArgumentException if the duration is negative
     */
    public Held {
      if (validNanos < 0) {
        throw new IllegalArgumentException("a lease of " + validNanos + " ns");
      }
    }
  }

  /** A lease that somebody else has. */
  public record Refusal(String name, String heldBy) {}

  /** True if this was said after {@code other}: later terms first, then the leader's counter. */
  boolean isNewerThan(long otherTerm, long otherCounter) {
    return term != otherTerm ? term > otherTerm : counter > otherCounter;
  }
}

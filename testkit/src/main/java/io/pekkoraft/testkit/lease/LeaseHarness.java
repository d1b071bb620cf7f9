package io.pekkoraft.testkit.lease;

import java.time.Duration;
import org.apache.pekko.coordination.lease.javadsl.Lease;

/**
 * An implementation of leases as {@link LeaseContract} needs it: two actor systems that ask for
 * leases of one backend, each of which can be cut off from it. All methods are called by the test's
 * threads and may block.
 */
public interface LeaseHarness {

  /** One of the two actor systems. */
  enum Side {
    LEFT,
    RIGHT
  }

  /** The lease of that name for that owner; the same object if it is asked for again. */
  Lease lease(Side side, String name, String owner);

  /**
   * From now on that side reaches the backend no more and is not reached by it: operations get no
   * answer, and what the side holds lapses. The other side is not disturbed.
   */
  void cutOff(Side side);

  /** Ends {@link #cutOff}; nothing if the side is not cut off. */
  void reconnect(Side side);

  /** The time after which a lease of a silent owner is over; a few seconds at most, for a test. */
  Duration timeToLive();

  /** The time by which acquire and release end in any case; at least a second. */
  Duration operationTimeout();
}

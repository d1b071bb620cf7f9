package io.pekkoraft.api;

/**
 * One leadership of this member, from when an entry of its term was applied here until it is over.
 * It says, at any instant and on any thread, whether this member still leads for certain: the lease
 * of thesis 6.4.1. It ends for good when a leadership transfer begins; if that is aborted, another
 * instance of the same term begins, which counts nothing that was sent before.
 *
 * <p>Times are this process's monotonic clock ({@link System#nanoTime} in production).
 */
public final class Leadership {
  private final long term;
  private final long electedNanos;
  private final boolean byTransfer;
  private final long leaseNanos;
  private volatile long quorumSentNanos;
  private volatile boolean over;

  /**
   * @param electedNanos when this member was elected
   * @param byTransfer elected by a leadership transfer, without waiting for the leases that rest on
   *     the leader before
   * @param leaseNanos for how long an acknowledgement of a majority proves the leadership, counted
   *     from when that was sent which they acknowledged
   * @param quorumSentNanos when that was sent which a majority acknowledged last
   */
  public Leadership(
      long term, long electedNanos, boolean byTransfer, long leaseNanos, long quorumSentNanos) {
    this.term = term;
    this.electedNanos = electedNanos;
    this.byTransfer = byTransfer;
    this.leaseNanos = leaseNanos;
    this.quorumSentNanos = quorumSentNanos;
  }

  public long term() {
    return term;
  }

  public long electedNanos() {
    return electedNanos;
  }

  /**
   * True if leases given under the leader before may outlive this member's election, by an election
   * timeout at most.
   */
  public boolean byTransfer() {
    return byTransfer;
  }

  /** When that was sent which a majority acknowledged last; the election itself never counts. */
  public long quorumSentNanos() {
    return quorumSentNanos;
  }

  /** For how long a proof of {@link #quorumSentNanos} holds, with the drift bound taken off. */
  public long leaseNanos() {
    return leaseNanos;
  }

  /**
   * True if no other member can lead a later term yet.
   *
   * @param nowNanos the clock, read after whatever the answer is to protect was begun
   */
  public boolean holds(long nowNanos) {
    return !over && nowNanos - quorumSentNanos < leaseNanos;
  }

  /** True once this member leads no longer, or is giving its leadership away. */
  public boolean isOver() {
    return over;
  }

  /** A majority acknowledged what was sent then. Called by the member's actor alone. */
  public void acknowledged(long sentNanos) {
    quorumSentNanos = sentNanos;
  }

  @Override
  public String toString() {
    return "Leadership[term=" + term + (over ? ", over]" : "]");
  }

  /** Called by the member's actor alone, before anything that lets another one be elected. */
  public void end() {
    over = true;
  }
}

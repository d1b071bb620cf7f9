package io.pekkoraft.rules;

import io.pekkoraft.log.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * No node grants a vote or a pre-vote, its own included, earlier than an election timeout after it
 * last heard a leader, or after this life began (thesis 4.2.3 and 6.4.1, and ours: a restarted
 * voter forgot whom it heard). Leases rest on it. A change of term does not reset it; the leader
 * that was heard is itself exempt.
 */
public final class HoldOffRule {
  private HoldOffRule() {}

  /**
   * @param asker who wants the vote
   * @param heardLeader the leader heard last, or null
   * @param heardAtNanos when, or when this life began, whichever is later
   * @param nowNanos the same clock, read just now
   */
  public static boolean permits(
      NodeId asker,
      @Nullable NodeId heardLeader,
      long heardAtNanos,
      long nowNanos,
      long electionTimeoutNanos) {
    return asker.equals(heardLeader) || nowNanos - heardAtNanos >= electionTimeoutNanos;
  }
}

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

  /**
   * Whether a live leadership transfer lifts the rule (thesis 3.10, 4.2.3): the newest message
   * accepted of the leader names the same transfer, and the candidate stands in the very next term.
   * It never lifts what a restarted node owes to a leader whom it forgot.
   *
   * @param transferId named by the candidate; 0: none
   * @param heardTransferId named by the newest message of the leader heard last; 0: none
   * @param heardTerm that leader's term
   * @param lifeStartNanos when this life began
   * @param nowNanos the same clock, read just now
   */
  public static boolean isLifted(
      long transferId,
      long askedTerm,
      long heardTransferId,
      long heardTerm,
      long lifeStartNanos,
      long nowNanos,
      long electionTimeoutNanos) {
    return transferId != 0
        && transferId == heardTransferId
        && askedTerm == heardTerm + 1
        && nowNanos - lifeStartNanos >= electionTimeoutNanos;
  }
}

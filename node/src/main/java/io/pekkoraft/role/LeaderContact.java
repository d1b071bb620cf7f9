package io.pekkoraft.role;

import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.rules.HoldOffRule;
import org.jspecify.annotations.Nullable;

/**
 * When a leader was last heard, over all roles and terms of this life; before that, when this life
 * began.
 */
public final class LeaderContact {
  private final long lifeStartNanos;
  private final long electionTimeoutNanos;
  private @Nullable NodeId leader;
  private long term;
  private long atNanos;
  private long matchedIndex;
  private long newestSentNanos;
  private long transferId = PeerMessage.NO_TRANSFER;

  LeaderContact(long lifeStartNanos, long electionTimeoutNanos) {
    this.lifeStartNanos = lifeStartNanos;
    this.atNanos = lifeStartNanos;
    this.electionTimeoutNanos = electionTimeoutNanos;
  }

  /**
   * A message of the leader of {@code inTerm} was accepted.
   *
   * @param sentNanos the leader's clock when it was sent
   * @param named the transfer that it names, or none
   */
  void heard(NodeId from, long inTerm, long nowNanos, long sentNanos, long named) {
    boolean first = inTerm != term;
    if (first) {
      matchedIndex = 0;
    }
    leader = from;
    term = inTerm;
    atNanos = nowNanos;
    noteTransfer(first, sentNanos, named);
  }

  /**
   * What was sent last counts, in whatever order messages come: one from before a transfer was
   * aborted must not bring it back. Of two sent at once, nobody knows which was the last.
   */
  private void noteTransfer(boolean first, long sentNanos, long named) {
    long order = sentNanos - newestSentNanos;
    if (first || order > 0) {
      newestSentNanos = sentNanos;
      transferId = named;
    } else if (order == 0 && named != transferId) {
      transferId = PeerMessage.NO_TRANSFER;
    }
  }

  /**
   * This node itself has led this term until now.
   *
   * @param quorumHeardNanos when it was sent what a majority acknowledged last
   * @param handedOver the transfer under way, or none
   */
  void led(NodeId self, long ownTerm, long quorumHeardNanos, long handedOver) {
    matchedIndex = ownTerm == term ? matchedIndex : 0;
    leader = self;
    term = ownTerm;
    atNanos = quorumHeardNanos;
    transferId = handedOver;
  }

  /** Up to where the log was found to match that of the leader heard last, in its term. */
  public long matchedIndex() {
    return matchedIndex;
  }

  void matched(long index) {
    matchedIndex = Math.max(matchedIndex, index);
  }

  /** The leader of this term, or null if none was heard in it. */
  public @Nullable NodeId leaderOf(long ofTerm) {
    return term == ofTerm ? leader : null;
  }

  public long atNanos() {
    return atNanos;
  }

  /** {@link HoldOffRule}, with this contact. */
  public boolean permitsVoteFor(NodeId asker, long nowNanos) {
    return HoldOffRule.permits(asker, leader, atNanos, nowNanos, electionTimeoutNanos);
  }

  /** {@link HoldOffRule#isLifted}, with this contact. */
  boolean isLiftedFor(long transfer, long askedTerm, long nowNanos) {
    return HoldOffRule.isLifted(
        transfer, askedTerm, transferId, term, lifeStartNanos, nowNanos, electionTimeoutNanos);
  }
}

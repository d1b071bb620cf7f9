package io.pekkoraft.role;

import io.pekkoraft.log.NodeId;
import io.pekkoraft.rules.HoldOffRule;
import org.jspecify.annotations.Nullable;

/**
 * When a leader was last heard, over all roles and terms of this life; before that, when this life
 * began.
 */
public final class LeaderContact {
  private final long electionTimeoutNanos;
  private @Nullable NodeId leader;
  private long term;
  private long atNanos;
  private long matchedIndex;

  LeaderContact(long lifeStartNanos, long electionTimeoutNanos) {
    this.atNanos = lifeStartNanos;
    this.electionTimeoutNanos = electionTimeoutNanos;
  }

  /** A message of the leader of {@code term} was accepted. */
  void heard(NodeId from, long inTerm, long nowNanos) {
    if (inTerm != term) {
      matchedIndex = 0;
    }
    leader = from;
    term = inTerm;
    atNanos = nowNanos;
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
}

package io.pekkoraft.role;

import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.VoteVerdict;
import io.pekkoraft.rules.IdentityRule;

/**
 * Hears what a node decides, for logs, metrics and tests. Called in the node's actor; must not
 * block or throw.
 */
public interface NodeObserver {

  default void roleChanged(RaftStatus.Role from, RaftStatus.Role to, long term, String reason) {}

  default void leaderKnown(NodeId leader, long term) {}

  default void voteDecided(NodeId candidate, boolean preVote, VoteVerdict verdict) {}

  /** A message that was not let in. */
  default void dropped(Header header, PeerMessage message, IdentityRule.Verdict verdict) {}

  /**
   * Something that no correct member does. The node goes on, or has failed and says so by {@link
   * #failed} too.
   */
  default void alarm(String what) {}

  /** The node takes no part any more. */
  default void failed(String reason, Throwable cause) {}
}

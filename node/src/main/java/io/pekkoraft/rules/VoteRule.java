package io.pekkoraft.rules;

import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.VoteVerdict;
import io.pekkoraft.state.NodeState;

/** Who gets a vote; asked for votes and pre-votes alike (Raft 5.2, 5.4.1; thesis 9.6). */
public final class VoteRule {
  private VoteRule() {}

  /** A vote in the node's own term, which the request carries. */
  public static VoteVerdict decide(NodeState state, NodeId candidate, LogPosition candidateLast) {
    NodeId votedFor = state.votedFor();
    if (votedFor != null && !votedFor.equals(candidate)) {
      return VoteVerdict.ALREADY_VOTED;
    }
    return decideByLog(state, candidateLast);
  }

  /**
   * A pre-vote for a term that is not yet there: would the vote be given? Nobody can have it yet.
   */
  public static VoteVerdict decidePreVote(
      NodeState state, long askedTerm, LogPosition candidateLast) {
    return askedTerm <= state.term() ? VoteVerdict.OLD_TERM : decideByLog(state, candidateLast);
  }

  /** Raft 5.4.1: the voter's log must not be more up to date than the candidate's. */
  private static VoteVerdict decideByLog(NodeState state, LogPosition candidateLast) {
    return candidateLast.compareTo(state.log().last()) >= 0
        ? VoteVerdict.GRANT
        : VoteVerdict.LOG_BEHIND;
  }
}

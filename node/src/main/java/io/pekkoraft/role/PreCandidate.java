package io.pekkoraft.role;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.message.PeerMessage.PreVoteRequest;
import io.pekkoraft.message.VoteVerdict;
import io.pekkoraft.rules.Quorum;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Asks the others whether an election could be won, changing nothing on any of them (thesis 9.6).
 *
 * <p>A round has a number. It ends when a leader is heard, when the term changes, and when its time
 * is over; whatever answers it afterwards is nothing. So a grant given before a leader spoke can
 * never become a vote after it.
 *
 * <p>From {@link Follower} when no leader is heard, from {@link Candidate} when an election was not
 * won. Next: {@link Candidate} when a majority would vote for us, {@link Follower} when a leader
 * speaks or a newer term is seen, itself with a new round when this one runs out.
 */
public final class PreCandidate extends Role {
  private final Set<NodeId> granted = new HashSet<>();
  private final Map<NodeId, VoteVerdict> refused = new TreeMap<>();
  private long round;

  PreCandidate(NodeRuntime runtime) {
    super(runtime);
  }

  @Override
  public RaftStatus.Role kind() {
    return RaftStatus.Role.PRE_CANDIDATE;
  }

  @Override
  Role enter() {
    String reason = "nobody was heard leading in term " + state().term();
    node.handOver().failed(reason, new Outcome.NoLeader(reason));
    return ask();
  }

  private Role ask() {
    round = node.nextRound();
    granted.clear();
    refused.clear();
    granted.add(node.self());
    node.arm(Timeout.ELECTION, randomElectionNanos());
    sendToOthers(new PreVoteRequest(state().term() + 1, round, state().log().last()));
    return promoteIfWon();
  }

  @Override
  public Role onTimeout(Timeout timeout) {
    if (timeout != Timeout.ELECTION) {
      return this;
    }
    node.requests().forgetDone();
    return ask();
  }

  @Override
  public Role onPreVoteReply(PreVoteReply reply) {
    if (reply.round() != round) {
      return this;
    }
    if (!reply.verdict().granted()) {
      refused.put(node.sender(), reply.verdict());
      return this;
    }
    if (reply.term() != state().term() + 1) {
      return this;
    }
    granted.add(node.sender());
    return promoteIfWon();
  }

  /** The hold-off rule once more, on a clock read now: it binds a node's own vote too. */
  private Role promoteIfWon() {
    boolean won = Quorum.isMajority(state().configuration(), granted);
    if (!won || !permitsVoteFor(node.self(), node.monotonicNanos())) {
      return this;
    }
    return become(new Candidate(runtime), "a majority would vote for this node: " + granted);
  }

  /** The candidate gets its time. */
  @Override
  Role onVoteGranted() {
    return become(new Follower(runtime), "voted for " + node.sender());
  }

  @Override
  String reason() {
    return "asking for an election in term "
        + (state().term() + 1)
        + ": would vote for this node "
        + granted
        + (refused.isEmpty() ? "" : ", would not " + refused);
  }
}

package io.pekkoraft.role;

import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.VoteReply;
import io.pekkoraft.message.PeerMessage.VoteRequest;
import io.pekkoraft.message.VoteVerdict;
import io.pekkoraft.rules.Quorum;
import io.pekkoraft.state.RaftEvent;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Stands for election in a new term (Raft 5.2). Its own vote counts, and it leads, only once that
 * vote is on disk.
 *
 * <p>From {@link PreCandidate}, or from {@link Follower} when the leader hands its leadership over
 * (thesis 3.10). Next: {@link Leader} with a majority, {@link Follower} when a leader or a newer
 * term is heard, {@link PreCandidate} when the time is over: no term is burnt without a sign that
 * it could be won.
 */
public final class Candidate extends Role {
  private final Set<NodeId> granted = new HashSet<>();
  private final Map<NodeId, VoteVerdict> refused = new TreeMap<>();

  private final long transferId;

  Candidate(NodeRuntime runtime) {
    this(runtime, PeerMessage.NO_TRANSFER);
  }

  /**
   * @param transferId the leadership transfer that asks for this election
   */
  Candidate(NodeRuntime runtime, long transferId) {
    super(runtime);
    this.transferId = transferId;
  }

  @Override
  public RaftStatus.Role kind() {
    return RaftStatus.Role.CANDIDATE;
  }

  @Override
  Role enter() {
    long term = state().term() + 1;
    if (isByTransfer()) {
      node.handOver().begin();
    }
    node.record(new RaftEvent.TermAdvanced(term));
    node.record(new RaftEvent.VoteCast(term, node.self()));
    node.arm(Timeout.ELECTION, randomElectionNanos());
    sendToOthers(new VoteRequest(term, state().log().last(), transferId));
    return this;
  }

  private boolean isByTransfer() {
    return transferId != PeerMessage.NO_TRANSFER;
  }

  @Override
  public Role onTimeout(Timeout timeout) {
    return timeout == Timeout.ELECTION
        ? become(
            new PreCandidate(runtime),
            "the election of term " + state().term() + " was not won in time")
        : this;
  }

  @Override
  public Role onVoteReply(VoteReply reply) {
    if (reply.verdict().granted()) {
      granted.add(node.sender());
      return leadIfWon();
    }
    refused.put(node.sender(), reply.verdict());
    return this;
  }

  @Override
  Role onDurable() {
    return leadIfWon();
  }

  private Role leadIfWon() {
    HardState durable = node.durableHardState();
    boolean ownVoteDurable =
        durable.term() == state().term() && node.self().equals(durable.votedFor());
    if (!ownVoteDurable) {
      return this;
    }
    granted.add(node.self());
    return Quorum.isMajority(state().configuration(), granted)
        ? become(new Leader(runtime, isByTransfer()), "elected by " + granted)
        : this;
  }

  @Override
  String reason() {
    return "standing for election in term "
        + state().term()
        + ": voted for this node "
        + granted
        + (refused.isEmpty() ? "" : ", did not " + refused);
  }
}

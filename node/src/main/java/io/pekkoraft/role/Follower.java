package io.pekkoraft.role;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.Bytes;
import io.pekkoraft.message.ClientRequest;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.ForwardProposal;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.HeartbeatReply;
import io.pekkoraft.message.PeerMessage.InstallSnapshot;
import io.pekkoraft.message.PeerMessage.InstallSnapshotReply;
import io.pekkoraft.message.PeerMessage.TimeoutNow;
import io.pekkoraft.rules.AppendRule;
import io.pekkoraft.state.RaftEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers leaders and candidates (Raft 5.2), and waits to hear from a leader.
 *
 * <p>From {@link Recovering}, and from every other role when a leader or a newer term is heard.
 * Next: {@link PreCandidate} when no leader has been heard for an election timeout, {@link
 * Candidate} when the leader hands its leadership over.
 */
public final class Follower extends Role {
  private long timeoutNanos;
  private long waitingSinceNanos;

  /** The part heard last from this term's leader; null if there is none to answer. */
  private @Nullable InstallSnapshot part;

  Follower(NodeRuntime runtime) {
    super(runtime);
  }

  @Override
  public RaftStatus.Role kind() {
    return RaftStatus.Role.FOLLOWER;
  }

  @Override
  Role enter() {
    waitAnew();
    node.arm(Timeout.ELECTION, timeoutNanos);
    return this;
  }

  private void waitAnew() {
    waitingSinceNanos = node.monotonicNanos();
    timeoutNanos = randomElectionNanos();
  }

  /**
   * Hearing the leader only notes the time; the timer, when it fires, sees that and waits for the
   * rest.
   */
  @Override
  public Role onTimeout(Timeout timeout) {
    if (timeout != Timeout.ELECTION) {
      return this;
    }
    node.requests().forgetDone();
    node.handOver().forgetDone();
    node.snapshots().takeIfFull();
    long heardNanos = node.contact().atNanos();
    long quietSince = heardNanos - waitingSinceNanos > 0 ? heardNanos : waitingSinceNanos;
    long leftNanos = timeoutNanos - (node.monotonicNanos() - quietSince);
    if (leftNanos > 0 || !isVoter()) {
      node.arm(Timeout.ELECTION, leftNanos > 0 ? leftNanos : timeoutNanos);
      return this;
    }
    return become(
        new PreCandidate(runtime), "no leader heard for " + timeoutNanos / 1_000_000 + " ms");
  }

  /** Whoever just gave its vote away gives the candidate time to win. */
  @Override
  Role onVoteGranted() {
    waitAnew();
    return this;
  }

  // --- the leader hands its leadership over (thesis 3.10)

  /**
   * Only what the newest message of the leader names too: one that comes late, after the transfer
   * was aborted, means nothing.
   */
  @Override
  public Role onTimeoutNow(TimeoutNow now) {
    boolean live =
        node.sender().equals(node.contact().leaderOf(now.term()))
            && node.contact().isLiftedFor(now.transferId(), now.term() + 1, node.monotonicNanos())
            && now.last().equals(state().log().last())
            && isVoter();
    return live
        ? become(
            new Candidate(runtime, now.transferId()), node.sender() + " hands its leadership over")
        : this;
  }

  // --- the leader speaks

  /** Accepts the sender as this term's leader: there is one at most (Raft 5.2). */
  private boolean heardLeader(long sentNanos, long transferId) {
    long term = state().term();
    NodeId known = node.contact().leaderOf(term);
    if (known != null && !known.equals(node.sender())) {
      return false;
    }
    node.contact().heard(node.sender(), term, node.monotonicNanos(), sentNanos, transferId);
    if (known == null) {
      node.observer().leaderKnown(node.sender(), term);
      forward(node.handOver().succeeded(node.sender(), term), node.sender());
    }
    return true;
  }

  private Role twoLeaders() {
    return alarm(
        "two leaders in term " + state().term() + ": " + leader() + " and " + node.sender());
  }

  @Override
  public Role onHeartbeat(Heartbeat heartbeat) {
    if (!heardLeader(heartbeat.sentNanos(), heartbeat.transferId())) {
      return twoLeaders();
    }
    long matched = node.contact().matchedIndex();
    node.commitTo(Math.min(heartbeat.commitIndex(), matched));
    node.send(
        node.sender(),
        new HeartbeatReply(
            state().term(), heartbeat.sentNanos(), durablyMatched(matched), matched));
    return this;
  }

  /**
   * What a crash now would leave of the match. In an older term that is nothing: its leader could
   * still replace the entries.
   */
  private long durablyMatched(long matched) {
    boolean termDurable = node.durableHardState().term() == state().term();
    return termDurable ? Math.min(matched, node.durableIndex()) : 0;
  }

  @Override
  public Role onAppendEntries(AppendEntries append) {
    if (!heardLeader(append.sentNanos(), append.transferId())) {
      return twoLeaders();
    }
    AppendRule.Verdict verdict = AppendRule.decide(state(), append.slice());
    if (verdict instanceof AppendRule.Accept accept) {
      return accept(append, accept);
    }
    if (verdict instanceof AppendRule.Refuse refuse) {
      answer(append, false, refuse.index(), refuse.term());
      return this;
    }
    return alarm("the log of leader " + node.sender() + " contradicts this one: " + verdict);
  }

  private Role accept(AppendEntries append, AppendRule.Accept accept) {
    if (accept.truncateFrom() > 0) {
      node.record(new RaftEvent.LogTruncated(accept.truncateFrom()));
    }
    if (!accept.append().isEmpty()) {
      node.record(new RaftEvent.EntriesAppended(accept.append()));
    }
    long matched = append.slice().lastIndex();
    node.contact().matched(matched);
    node.commitTo(Math.min(append.commitIndex(), matched));
    answer(append, true, matched, 0);
    return this;
  }

  private void answer(AppendEntries append, boolean success, long index, long conflictTerm) {
    long previous = append.slice().previous().index();
    node.send(
        node.sender(),
        new AppendReply(
            state().term(), append.sentNanos(), success, previous, index, conflictTerm));
  }

  // --- a snapshot of the leader (Raft 7)

  @Override
  public Role onInstallSnapshot(InstallSnapshot install) {
    if (!heardLeader(install.sentNanos(), install.transferId())) {
      return twoLeaders();
    }
    SnapshotDescriptor snapshot = install.snapshot();
    if (covers(snapshot.position())) {
      node.contact().matched(snapshot.index());
      node.commitTo(snapshot.index());
      answer(node.sender(), install.sentNanos(), snapshot, snapshot.length(), true);
    } else {
      part = install;
      node.ports().storeSnapshotPart(snapshot, install.offset(), install.bytes());
    }
    return this;
  }

  /**
   * True if all that the snapshot holds is here already: its last entry is committed, or in the
   * log.
   */
  private boolean covers(LogPosition last) {
    return last.index() <= state().commitIndex()
        || (state().log().reaches(last.index())
            && state().log().termAt(last.index()) == last.term());
  }

  @Override
  public Role onSnapshotPartStored(NodeCommand.SnapshotPartStored stored) {
    NodeId leader = leader();
    if (leader == null) {
      return this;
    }
    SnapshotDescriptor snapshot = stored.snapshot();
    boolean install = stored.complete() && !covers(snapshot.position());
    if (install) {
      node.install(snapshot);
      node.contact().matched(snapshot.index());
    }
    InstallSnapshot answered = part;
    if (answered != null) { // else it came from an earlier leader, whose clock is its own
      answer(leader, answered.sentNanos(), snapshot, stored.nextOffset(), stored.complete());
    }
    return this;
  }

  private void answer(
      NodeId to, long sentNanos, SnapshotDescriptor snapshot, long nextOffset, boolean done) {
    node.send(
        to,
        new InstallSnapshotReply(state().term(), sentNanos, snapshot.index(), nextOffset, done));
  }

  // --- clients

  /** The leader decides; whoever waits here keeps its own deadline. */
  @Override
  public Role onProposals(NodeCommand.Proposals proposals) {
    NodeId leader = leader();
    if (leader == null) {
      return super.onProposals(proposals);
    }
    forward(proposals.requests(), leader);
    return this;
  }

  private void forward(List<ClientRequest> requests, NodeId leader) {
    for (ClientRequest request : requests) {
      if (request.onlyInTerm() != 0) {
        request.complete(new Outcome.NotLeader(leader));
        continue;
      }
      if (request.command().length > node.settings().maxCommandBytes()) {
        request.complete(new Outcome.TooLarge(node.settings().maxCommandBytes()));
        continue;
      }
      if (!request.mayTakeEffect()) {
        continue;
      }
      long id = node.requests().forwarded(request);
      node.send(leader, new ForwardProposal(state().term(), id, new Bytes(request.command())));
    }
  }

  /** The leader of this term, if it was heard within the time that this node would wait for it. */
  @Override
  @Nullable NodeId leader() {
    NodeId heard = node.contact().leaderOf(state().term());
    boolean recent = node.monotonicNanos() - node.contact().atNanos() < timeoutNanos;
    return recent && !node.self().equals(heard)
        ? heard
        : null; // self: it led this term, and gave up
  }

  @Override
  String reason() {
    if (leader() != null) {
      return "";
    }
    return "no leader was heard in term " + state().term() + "; waiting to ask for an election";
  }
}

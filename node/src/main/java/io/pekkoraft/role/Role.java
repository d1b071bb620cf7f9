package io.pekkoraft.role;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.api.TransferOutcome;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.ClientRequest;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.ForwardProposal;
import io.pekkoraft.message.PeerMessage.ForwardReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.HeartbeatReply;
import io.pekkoraft.message.PeerMessage.InstallSnapshot;
import io.pekkoraft.message.PeerMessage.InstallSnapshotReply;
import io.pekkoraft.message.PeerMessage.OtherLife;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.message.PeerMessage.PreVoteRequest;
import io.pekkoraft.message.PeerMessage.TimeoutNow;
import io.pekkoraft.message.PeerMessage.VoteReply;
import io.pekkoraft.message.PeerMessage.VoteRequest;
import io.pekkoraft.message.VoteVerdict;
import io.pekkoraft.rules.TermRule;
import io.pekkoraft.rules.VoteRule;
import io.pekkoraft.state.NodeState;
import io.pekkoraft.state.RaftEvent;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ExtensibleBehavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * What all servers do (Raft, Figure 2, "Rules for Servers, All Servers"), and the one order of
 * checks at the door: identity, then the hold-off rule, then the term. A role is a typed behaviour
 * that never touches the actor context it is handed.
 *
 * <p>Each handler returns the role that takes the next message: mostly itself; another one by
 * {@link #become}.
 */
public abstract class Role extends ExtensibleBehavior<NodeCommand>
    implements NodeCommand.Visitor<Role>, PeerMessage.Visitor<Role> {
  final NodeRuntime runtime;
  final NodeContext node;

  Role(NodeRuntime runtime) {
    this.runtime = runtime;
    this.node = runtime;
  }

  public abstract RaftStatus.Role kind();

  /**
   * Called once, when this role begins. Returns the role that begins in its place, mostly itself.
   */
  abstract Role enter();

  /** Called once, when this role ends. */
  void leave() {}

  @Override
  public final Behavior<NodeCommand> receive(
      TypedActorContext<NodeCommand> context, NodeCommand command) {
    Role next;
    try {
      next = command.accept(this);
      runtime.handlerReturned();
    } catch (RuntimeException e) {
      next = fail("a handler of " + kind() + " threw at " + command.getClass().getSimpleName(), e);
    }
    return next == this ? Behaviors.same() : next;
  }

  /**
   * Of a helper's termination nothing is to be done, yet {@code unhandled} would end this actor
   * too. The end of this actor ends its role.
   */
  @Override
  public final Behavior<NodeCommand> receiveSignal(
      TypedActorContext<NodeCommand> context, Signal signal) {
    if (signal == PostStop.instance()) {
      leave();
      String reason = "this member has stopped";
      node.handOver().failed(reason, new Outcome.NoLeader(reason));
    }
    return Behaviors.same();
  }

  /** What this node knows; only to be read, in the node's actor. */
  public final NodeState state() {
    return node.state();
  }

  /** Ends this role and begins another. */
  final Role become(Role next, String reason) {
    leave();
    node.observer().roleChanged(kind(), next.kind(), state().term(), reason);
    return next.enter();
  }

  /** This node takes no part any more; only its status can be asked. */
  final Role fail(String reason, Throwable cause) {
    return become(new Failed(runtime, reason, cause), reason);
  }

  final Role alarm(String what) {
    node.observer().alarm(what);
    return fail(what, new IllegalStateException(what));
  }

  // --- the door

  @Override
  public final Role onEnvelope(NodeCommand.Envelope envelope) {
    if (!participates() || !runtime.admit(envelope)) {
      return this;
    }
    PeerMessage message = envelope.message();
    Role receiver = runtime.senderRestarted() ? onPeerRestarted(node.sender()) : this;
    if (message instanceof VoteRequest request && isHeldOff(request)) {
      return refuseVote(VoteVerdict.HOLD_OFF);
    }
    return switch (TermRule.decide(message, state().term())) {
      case CURRENT, UNRELATED -> message.accept(receiver);
      case NEWER -> message.accept(receiver.adoptTerm(message));
      case OLDER -> receiver.onOlderTerm(message);
      case ABSURD -> {
        node.observer()
            .alarm(
                "term "
                    + message.term()
                    + " of "
                    + node.sender()
                    + " is beyond any that can be honest");
        yield receiver;
      }
    };
  }

  /** A new term is taken only after the old role is left. */
  private Role adoptTerm(PeerMessage message) {
    String reason = "heard term " + message.term() + " from " + node.sender();
    leave();
    node.record(new RaftEvent.TermAdvanced(message.term()));
    Follower follower = new Follower(runtime);
    node.observer().roleChanged(kind(), follower.kind(), state().term(), reason);
    return follower.enter();
  }

  /**
   * Tells a leader or candidate of an older term that its time is over (Raft 5.1); an old answer is
   * nothing.
   */
  private Role onOlderTerm(PeerMessage message) {
    if (message instanceof VoteRequest) {
      return refuseVote(VoteVerdict.OLD_TERM);
    }
    PeerMessage answer = OlderTerm.answer(message, state().term());
    if (answer != null) {
      node.send(node.sender(), answer);
    }
    return this;
  }

  /** False while nothing may be promised: before recovery and after a failure. */
  boolean participates() {
    return true;
  }

  /** A peer has begun a new life: what was under way to its old one is lost. */
  Role onPeerRestarted(NodeId peer) {
    return this;
  }

  // --- votes

  /** The hold-off rule; a leader asks its quorum instead of its ears. */
  boolean permitsVoteFor(NodeId asker, long nowNanos) {
    return node.contact().permitsVoteFor(asker, nowNanos);
  }

  private boolean isHeldOff(VoteRequest request) {
    long now = node.monotonicNanos();
    return !permitsVoteFor(node.sender(), now) && !isLiveTransfer(request, now);
  }

  /** Whether the request is made by a leadership transfer that is still under way. */
  boolean isLiveTransfer(VoteRequest request, long nowNanos) {
    return node.contact().isLiftedFor(request.transferId(), request.term(), nowNanos);
  }

  @Override
  public final Role onPreVoteRequest(PreVoteRequest request) {
    VoteVerdict verdict =
        permitsVoteFor(node.sender(), node.monotonicNanos())
            ? VoteRule.decidePreVote(state(), request.term(), request.last())
            : VoteVerdict.HOLD_OFF;
    node.observer().voteDecided(node.sender(), true, verdict);
    long term = verdict.granted() ? request.term() : state().term();
    node.send(node.sender(), new PreVoteReply(term, request.round(), verdict));
    return this;
  }

  /** In any role but a follower's the vote of this term is given already: to oneself. */
  @Override
  public Role onVoteRequest(VoteRequest request) {
    VoteVerdict verdict = VoteRule.decide(state(), node.sender(), request.last());
    if (!verdict.granted()) {
      return refuseVote(verdict);
    }
    node.observer().voteDecided(node.sender(), false, verdict);
    if (state().votedFor() == null) {
      node.record(new RaftEvent.VoteCast(state().term(), node.sender()));
    }
    node.send(node.sender(), new VoteReply(state().term(), VoteVerdict.GRANT));
    boolean leaderUnknown = node.contact().leaderOf(state().term()) == null;
    if (request.transferId() != PeerMessage.NO_TRANSFER && leaderUnknown) {
      node.handOver().begin();
    }
    return onVoteGranted();
  }

  /** A vote was given away. */
  Role onVoteGranted() {
    return this;
  }

  private Role refuseVote(VoteVerdict verdict) {
    node.observer().voteDecided(node.sender(), false, verdict);
    node.send(node.sender(), new VoteReply(state().term(), verdict));
    return this;
  }

  /** Only a follower is handed the leadership over. */
  @Override
  public Role onTimeoutNow(TimeoutNow now) {
    return this;
  }

  /** Only a pre-candidate asked. A refusal's newer term was taken at the door. */
  @Override
  public Role onPreVoteReply(PreVoteReply reply) {
    return this;
  }

  @Override
  public Role onVoteReply(VoteReply reply) {
    return this;
  }

  // --- a leader of this term speaks: whoever waits for an election becomes its follower first

  @Override
  public Role onHeartbeat(Heartbeat heartbeat) {
    return followSender().onHeartbeat(heartbeat);
  }

  @Override
  public Role onAppendEntries(AppendEntries append) {
    return followSender().onAppendEntries(append);
  }

  @Override
  public Role onInstallSnapshot(InstallSnapshot install) {
    return followSender().onInstallSnapshot(install);
  }

  private Role followSender() {
    return become(new Follower(runtime), "heard the leader " + node.sender());
  }

  // --- answers that only a leader waits for

  @Override
  public Role onHeartbeatReply(HeartbeatReply reply) {
    return this;
  }

  @Override
  public Role onAppendReply(AppendReply reply) {
    return this;
  }

  @Override
  public Role onInstallSnapshotReply(InstallSnapshotReply reply) {
    return this;
  }

  /** The header said it all. */
  @Override
  public Role onOtherLife(OtherLife notice) {
    return this;
  }

  // --- the node's own helpers

  @Override
  public Role onRecovered(NodeCommand.Recovered recovered) {
    return alarm("the journal was recovered twice");
  }

  @Override
  public final Role onPersisted(NodeCommand.Persisted persisted) {
    if (!participates()) {
      return this;
    }
    runtime.persisted(persisted.ticket());
    node.snapshots().journalAdvanced();
    return onDurable();
  }

  /** More is durable than before. */
  Role onDurable() {
    return this;
  }

  @Override
  public Role onStorageFailed(NodeCommand.StorageFailed failed) {
    return fail("storage failed: " + failed.cause().getMessage(), failed.cause());
  }

  @Override
  public Role onStateMachineFailed(NodeCommand.StateMachineFailed failed) {
    return fail(
        "the state machine failed at entry " + failed.index() + ": " + failed.cause(),
        failed.cause());
  }

  @Override
  public Role onApplied(NodeCommand.Applied applied) {
    node.snapshots().applied(applied.index());
    return this;
  }

  @Override
  public Role onSnapshotTaken(NodeCommand.SnapshotTaken taken) {
    node.snapshots().taken(taken);
    return this;
  }

  /** The log goes on growing meanwhile; a leader that has no room left refuses commands. */
  @Override
  public Role onSnapshotNotTaken(NodeCommand.SnapshotNotTaken notTaken) {
    node.observer().alarm("cannot write a snapshot, the log is kept: " + notTaken.cause());
    node.snapshots().notTaken();
    return this;
  }

  @Override
  public Role onSnapshotPartRead(NodeCommand.SnapshotPartRead read) {
    return this;
  }

  /** Stored, but whoever sent it is no longer followed: it will be sent again. */
  @Override
  public Role onSnapshotPartStored(NodeCommand.SnapshotPartStored stored) {
    return this;
  }

  // --- clients

  @Override
  public Role onProposals(NodeCommand.Proposals proposals) {
    if (!node.handOver().isOpen()) {
      return refuse(proposals.requests(), new Outcome.NoLeader(reason()));
    }
    node.handOver().hold(proposals.requests());
    return this;
  }

  @Override
  public final Role onForwardProposal(ForwardProposal forward) {
    return node.isDuplicate(forward) ? this : onForwarded(node.requestOf(forward));
  }

  /** Another member took this node for the leader. */
  Role onForwarded(ClientRequest request) {
    if (node.handOver().isOpen()) {
      node.handOver().hold(List.of(request));
    } else {
      request.complete(new Outcome.NotLeader(leader()));
    }
    return this;
  }

  @Override
  public Role onForwardReply(ForwardReply reply) {
    node.requests().answered(reply.requestId(), reply.outcome());
    return this;
  }

  final Role refuse(List<ClientRequest> requests, Outcome outcome) {
    requests.forEach(request -> request.complete(outcome));
    return this;
  }

  @Override
  public Role onTransferLeadership(NodeCommand.TransferLeadership transfer) {
    transfer.replyTo().accept(new TransferOutcome.NotLeader(leader()));
    return this;
  }

  @Override
  public final Role onGetStatus(NodeCommand.GetStatus get) {
    get.replyTo().accept(runtime.status(kind(), leader(), reason()));
    return this;
  }

  @Nullable NodeId leader() {
    return null;
  }

  /** Why there is no leader as far as this node knows; empty if there is one. */
  String reason() {
    return "";
  }

  // --- helpers for the roles

  /**
   * An election timeout between ET and 2 ET, drawn anew for each wait so that votes seldom split
   * (Raft 5.2).
   */
  final long randomElectionNanos() {
    long base = node.settings().electionTimeoutNanos();
    return base + node.random().nextLong(base);
  }

  final void sendToOthers(PeerMessage message) {
    for (Member voter : state().configuration().voters()) {
      if (!voter.id().equals(node.self())) {
        node.send(voter.id(), message);
      }
    }
  }

  final boolean isVoter() {
    return state().configuration().isVoter(node.self());
  }
}

package io.pekkoraft.role;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.api.TransferOutcome;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.ClientRequest;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.HeartbeatReply;
import io.pekkoraft.message.PeerMessage.InstallSnapshot;
import io.pekkoraft.message.PeerMessage.InstallSnapshotReply;
import io.pekkoraft.message.PeerMessage.TimeoutNow;
import io.pekkoraft.message.PeerMessage.VoteRequest;
import io.pekkoraft.rules.CommitRule;
import io.pekkoraft.rules.LeaderLease;
import io.pekkoraft.state.RaftEvent;
import io.pekkoraft.state.RaftLog;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes commands, replicates them, commits what a majority has on disk (Raft 5.3, 5.4), and gives
 * up when it no longer hears a majority (thesis 6.2).
 *
 * <p>From {@link Candidate}. Next: {@link Follower} when a newer term is heard, as after a
 * leadership transfer, or the quorum is lost.
 */
public final class Leader extends Role {
  private static final byte[] NOTHING = {};

  private final Replication replication;
  private final boolean byTransfer;
  private final long electedNanos;
  private long tickedNanos;
  private long uncommittedBytes;

  /** There once an entry of this term is applied, and as long as nobody else may be elected. */
  private @Nullable Leadership leadership;

  private @Nullable Transfer transfer;
  private boolean targetAsked;
  private long ownTermIndex;

  /**
   * @param byTransfer elected by a leadership transfer
   */
  Leader(NodeRuntime runtime, boolean byTransfer) {
    super(runtime);
    this.byTransfer = byTransfer;
    this.electedNanos = node.monotonicNanos();
    this.tickedNanos = electedNanos;
    this.replication = new Replication(node, state().log().lastIndex() + 1);
  }

  @Override
  public RaftStatus.Role kind() {
    return RaftStatus.Role.LEADER;
  }

  /**
   * A new leader commits nothing of earlier terms before an entry of its own (Raft 5.4.2): so it
   * appends one at once.
   */
  @Override
  Role enter() {
    RaftLog log = state().log();
    for (long index = state().commitIndex() + 1; index <= log.lastIndex(); index++) {
      uncommittedBytes += log.entry(index).payload().length;
    }
    node.cancel(Timeout.ELECTION);
    node.observer().leaderKnown(node.self(), state().term());
    node.record(
        new RaftEvent.EntriesAppended(
            List.of(
                LogEntry.following(
                    log.lastHash(),
                    log.lastIndex() + 1,
                    state().term(),
                    LogEntry.Kind.NO_OP,
                    NOTHING))));
    ownTermIndex = state().log().lastIndex();
    replication.sendEntries();
    node.arm(Timeout.HEARTBEAT, node.settings().heartbeatInterval().toNanos());
    return onProposals(
        new NodeCommand.Proposals(
            node.handOver().aborted("this member was elected itself, in term " + state().term())));
  }

  @Override
  void leave() {
    endLeadership();
    node.cancel(Timeout.HEARTBEAT);
    node.cancel(Timeout.TRANSFER);
    // Others may hold off because of this leader's last words; so does its own vote.
    node.contact()
        .led(
            node.self(),
            state().term(),
            quorumHeardNanos(node.monotonicNanos()),
            transfer == null ? PeerMessage.NO_TRANSFER : transfer.id());
    node.requests().leadershipLost("this node stopped leading in term " + state().term());
  }

  // --- the lease that others may see

  @Override
  public Role onApplied(NodeCommand.Applied applied) {
    super.onApplied(applied);
    proveLeadership();
    return this;
  }

  /**
   * Every answer may prove the leadership a little longer. It is published only when a majority has
   * answered something newer than any message that named a transfer: whoever has not may still help
   * that transfer's target into office.
   */
  private void proveLeadership() {
    long quorumSentNanos = replication.quorumSentNanos(node.monotonicNanos());
    if (leadership != null) {
      leadership.acknowledged(quorumSentNanos);
    } else if (transfer == null
        && node.snapshots().appliedIndex() >= ownTermIndex
        && quorumSentNanos - replication.namedNanos() > 0) {
      leadership =
          new Leadership(
              state().term(),
              electedNanos,
              byTransfer,
              node.settings().leaseNanos(),
              quorumSentNanos);
      node.ports().leading(leadership);
    }
  }

  private void endLeadership() {
    if (leadership != null) {
      leadership.end();
      leadership = null;
      node.ports().leading(null);
    }
  }

  // --- handing the leadership over (thesis 3.10)

  @Override
  public Role onTransferLeadership(NodeCommand.TransferLeadership asked) {
    NodeId target = asked.to() == null ? replication.bestPrepared() : asked.to();
    String obstacle = obstacleToTransfer(target);
    long now = node.monotonicNanos();
    if (!obstacle.isEmpty() || target == null) {
      asked.replyTo().accept(new TransferOutcome.Refused(obstacle));
    } else if (asked.deadlineNanos() - now <= 0) {
      asked.replyTo().accept(new TransferOutcome.Aborted("its time was over before it began"));
    } else {
      long leftNanos =
          Math.min(asked.deadlineNanos() - now, node.settings().electionTimeoutNanos());
      node.handOver().begin(asked.replyTo());
      begin(target, now + leftNanos);
      node.arm(Timeout.TRANSFER, leftNanos);
    }
    return this;
  }

  private String obstacleToTransfer(@Nullable NodeId target) {
    if (transfer != null) {
      return "a transfer to " + transfer.target() + " is under way";
    }
    if (target == null) {
      return "no other voter is able to lead now";
    }
    return target.equals(node.self())
        ? "this member leads already"
        : replication.whyUnable(target).isEmpty() ? reason() : replication.whyUnable(target);
  }

  /** The lease ends before a word leaves that lets others vote in spite of it. */
  private void begin(NodeId target, long endNanos) {
    endLeadership();
    long id = node.nextRound();
    transfer = new Transfer(id, target, replication.nameTransfer(id), endNanos);
    targetAsked = false;
    replication.sendHeartbeats();
  }

  /**
   * The target is asked when it has everything, all of it committed so that no client is left in
   * doubt, and when it and a majority know of the transfer. It is asked again with each heartbeat.
   */
  private void askTarget() {
    Transfer present = transfer;
    if (present == null) {
      return;
    }
    if (node.monotonicNanos() - present.endNanos() >= 0) {
      abortTransfer(present);
    } else if (!targetAsked
        && state().commitIndex() == state().log().lastIndex()
        && replication.isPrepared(present)) {
      targetAsked = true;
      node.send(
          present.target(), new TimeoutNow(state().term(), present.id(), state().log().last()));
    }
  }

  private void abortTransfer(Transfer aborted) {
    node.cancel(Timeout.TRANSFER);
    transfer = null;
    replication.nameTransfer(PeerMessage.NO_TRANSFER);
    replication.sendHeartbeats();
    String reason = aborted.target() + " did not take over in time; this member goes on leading";
    onProposals(new NodeCommand.Proposals(node.handOver().aborted(reason)));
  }

  /** The old leader's vote goes to the one it has chosen, though it has its quorum. */
  @Override
  boolean isLiveTransfer(VoteRequest request, long nowNanos) {
    return transfer != null
        && transfer.made(node.sender(), request.transferId(), request.term(), state().term());
  }

  // --- the quorum

  /**
   * When that was sent which a majority acknowledged; being elected counts as the first
   * acknowledgement, which serves for giving up and for taking writes. It proves no lease for
   * reads: whoever voted does not hold off before it hears this leader.
   */
  private long quorumHeardNanos(long nowNanos) {
    long acknowledged = replication.quorumSentNanos(nowNanos);
    return acknowledged - electedNanos > 0 ? acknowledged : electedNanos;
  }

  @Override
  public Role onTimeout(Timeout timeout) {
    if (timeout == Timeout.TRANSFER) {
      askTarget();
    }
    if (timeout != Timeout.HEARTBEAT) {
      return this;
    }
    long now = node.monotonicNanos();
    long quietNanos = now - quorumHeardNanos(now);
    if (hasLostQuorum(quietNanos, now - tickedNanos)) {
      return become(
          new Follower(runtime), "no majority has answered for " + quietNanos / 1_000_000 + " ms");
    }
    tickedNanos = now;
    node.requests().forgetDone();
    node.handOver().forgetDone();
    node.snapshots().takeIfFull();
    replication.sendHeartbeats();
    targetAsked = false;
    askTarget();
    proveLeadership();
    node.arm(Timeout.HEARTBEAT, node.settings().heartbeatInterval().toNanos());
    return this;
  }

  /**
   * A leader gives up after an election timeout without a majority (thesis 6.2). If it was itself
   * held up meanwhile, the answers may be waiting behind this very timer: it speaks once more, and
   * gives up after two. Leases are not stretched by this.
   */
  private boolean hasLostQuorum(long quietNanos, long sinceLastTickNanos) {
    long electionTimeout = node.settings().electionTimeoutNanos();
    boolean heldUp = sinceLastTickNanos >= electionTimeout / 2;
    return quietNanos >= (heldUp ? 2 * electionTimeout : electionTimeout);
  }

  /** While it has its quorum, a leader is itself the leader that is heard (thesis 4.2.3). */
  @Override
  boolean permitsVoteFor(NodeId asker, long nowNanos) {
    return nowNanos - quorumHeardNanos(nowNanos) >= node.settings().electionTimeoutNanos();
  }

  // --- answers

  @Override
  public Role onHeartbeatReply(HeartbeatReply reply) {
    replication.onHeartbeatReply(reply);
    commit();
    proveLeadership();
    return this;
  }

  @Override
  public Role onAppendReply(AppendReply reply) {
    replication.onAppendReply(reply);
    return commit();
  }

  @Override
  public Role onInstallSnapshotReply(InstallSnapshotReply reply) {
    replication.onInstallReply(reply);
    return commit();
  }

  @Override
  public Role onSnapshotPartRead(NodeCommand.SnapshotPartRead read) {
    replication.onPartRead(read);
    return this;
  }

  @Override
  Role onPeerRestarted(NodeId peer) {
    replication.onRestarted(peer);
    return this;
  }

  @Override
  Role onDurable() {
    return commit();
  }

  private Role commit() {
    long before = state().commitIndex();
    long now = CommitRule.decide(state(), replication::durableMatch);
    for (long index = before + 1; index <= now; index++) {
      uncommittedBytes -= state().log().entry(index).payload().length;
    }
    node.commitTo(now);
    askTarget();
    return this;
  }

  // --- clients

  @Override
  public Role onProposals(NodeCommand.Proposals proposals) {
    if (transfer != null) {
      node.handOver().hold(proposals.requests());
      return this;
    }
    long now = node.monotonicNanos();
    if (!LeaderLease.holds(quorumHeardNanos(now), now, node.settings().leaseNanos())) {
      return refuse(proposals.requests(), new Outcome.NoLeader(reason()));
    }
    List<LogEntry> entries = new ArrayList<>(proposals.requests().size());
    long hash = state().log().lastHash();
    long index = state().log().lastIndex();
    for (ClientRequest request : proposals.requests()) {
      if (admits(request)) {
        index++;
        LogEntry entry =
            LogEntry.following(
                hash, index, state().term(), LogEntry.Kind.COMMAND, request.command());
        hash = entry.hash();
        uncommittedBytes += entry.payload().length;
        entries.add(entry);
        node.requests().appended(index, request);
      }
    }
    if (!entries.isEmpty()) {
      node.record(new RaftEvent.EntriesAppended(entries));
      replication.sendEntries();
    }
    return this;
  }

  /** Answers the request itself if it cannot be taken. */
  private boolean admits(ClientRequest request) {
    if (request.isDone()) {
      return false;
    }
    if (request.onlyInTerm() != 0 && request.onlyInTerm() != state().term()) {
      request.complete(new Outcome.NotLeader(node.self()));
      return false;
    }
    NodeSettings settings = node.settings();
    int bytes = request.command().length;
    if (bytes > settings.maxCommandBytes()) {
      request.complete(new Outcome.TooLarge(settings.maxCommandBytes()));
      return false;
    }
    boolean full =
        uncommittedBytes + bytes > settings.maxUncommittedBytes() || !node.snapshots().hasRoom();
    if (full) {
      request.complete(new Outcome.Overloaded(settings.heartbeatInterval()));
    }
    return !full && request.mayTakeEffect();
  }

  @Override
  Role onForwarded(ClientRequest request) {
    return onProposals(new NodeCommand.Proposals(List.of(request)));
  }

  // --- another leader in the same term cannot be (Raft 5.2)

  @Override
  public Role onHeartbeat(Heartbeat heartbeat) {
    return secondLeader();
  }

  @Override
  public Role onAppendEntries(AppendEntries append) {
    return secondLeader();
  }

  @Override
  public Role onInstallSnapshot(InstallSnapshot install) {
    return secondLeader();
  }

  private Role secondLeader() {
    return alarm(node.sender() + " leads term " + state().term() + " too: one of the two must not");
  }

  @Override
  NodeId leader() {
    return node.self();
  }

  @Override
  String reason() {
    long now = node.monotonicNanos();
    long quietNanos = now - quorumHeardNanos(now);
    return quietNanos < node.settings().leaseNanos()
        ? ""
        : "this leader has not heard a majority for " + quietNanos / 1_000_000 + " ms";
  }
}

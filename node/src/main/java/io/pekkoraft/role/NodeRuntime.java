package io.pekkoraft.role;

import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.ClientRequest;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.ForwardProposal;
import io.pekkoraft.rules.IdentityRule;
import io.pekkoraft.state.NodeState;
import io.pekkoraft.state.RaftEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The one implementation of {@link NodeContext}: the node's state, its journal's write in flight
 * and the batches behind it, its outbox, and who its peers are. Runs unchanged in production and in
 * simulations; belongs to the node's actor.
 */
public final class NodeRuntime implements NodeContext {
  private final NodeIdentity identity;
  private final NodeSettings settings;
  private final NodePorts ports;
  private final Header own;
  private final Outbox outbox = new Outbox();
  private final Deque<BatchBuilder> waiting = new ArrayDeque<>();
  private final PeerLives lives = new PeerLives();
  private final ForwardedOnce forwardedOnce = new ForwardedOnce();
  private final PendingRequests requests = new PendingRequests();
  private final HandOver handOver;
  private final SnapshotKeeper snapshots = new SnapshotKeeper(this);
  private final LeaderContact contact;
  private NodeState state;
  private NodeId sender;
  private boolean senderRestarted;

  private long nextTicket = 1;
  private long durableTicket;
  private boolean writing;
  private HardState writingHardState = HardState.INITIAL;
  private long writingThrough;
  private HardState durableHardState = HardState.INITIAL;
  private long durableIndex;
  private long handedToApply;
  private long round;
  private boolean failed;

  public NodeRuntime(NodeIdentity identity, NodeSettings settings, NodePorts ports) {
    this.identity = identity;
    this.settings = settings;
    this.ports = ports;
    this.own =
        new Header(
            identity.group(),
            identity.self(),
            identity.incarnation(),
            identity.life(),
            identity.self(),
            identity.incarnation(),
            identity.life());
    this.sender = identity.self();
    this.handOver = new HandOver(settings);
    this.state = new NodeState(identity.configuration());
    this.contact = new LeaderContact(ports.monotonicNanos(), settings.electionTimeoutNanos());
  }

  public NodeIdentity identity() {
    return identity;
  }

  /** Takes over what the journal holds; all of it is durable. */
  void recovered(NodeState recovered) {
    state = recovered;
    durableHardState = recovered.hardState();
    durableIndex = recovered.log().lastIndex();
    handedToApply = recovered.snapshotIndex();
  }

  // --- the door

  /**
   * Whether a message may be believed at all.
   *
   * @return false if it was dropped, and counted
   */
  boolean admit(Envelope envelope) {
    Header header = envelope.header();
    boolean answers = envelope.message().answers();
    IdentityRule.Verdict verdict =
        IdentityRule.decide(header, envelope.message(), own, state.configuration());
    boolean accepted = verdict == IdentityRule.Verdict.ACCEPT;
    boolean otherLife = verdict == IdentityRule.Verdict.OTHER_LIFE;
    boolean restarted = (accepted || otherLife) && lives.heard(header.from(), header.fromLife());
    if (accepted) {
      sender = header.from();
      senderRestarted = restarted;
      return true;
    }
    ports.observer().dropped(header, envelope.message(), verdict);
    if (otherLife && !answers) {
      send(header.from(), new PeerMessage.OtherLife(state.term()));
    }
    return false;
  }

  @Override
  public NodeId sender() {
    return sender;
  }

  /** True if the message being handled is of another life of its sender than the one before. */
  boolean senderRestarted() {
    return senderRestarted;
  }

  /** The life of a peer that messages to it are addressed to. */
  long lifeOf(NodeId peer) {
    return lives.of(peer);
  }

  // --- state and journal

  @Override
  public void record(RaftEvent event) {
    if (event instanceof RaftEvent.SnapshotInstalled) {
      // The log starts anew: nothing that is on disk is this log, until a new batch says so.
      removedAbove(0);
    }
    state.apply(event);
    if (event instanceof RaftEvent.TermAdvanced advanced) {
      outbox.termAdvanced(advanced.term());
    } else if (event instanceof RaftEvent.LogTruncated truncated) {
      outbox.truncatedFrom(truncated.fromIndex());
      removedAbove(truncated.fromIndex() - 1);
    } else if (event instanceof RaftEvent.LogCompacted) {
      return; // the journal keeps the descriptor by itself
    }
    BatchBuilder last = waiting.peekLast();
    if (last == null || !last.takes(event)) {
      last = new BatchBuilder(nextTicket++, state.hardState());
      waiting.addLast(last);
    }
    last.add(event, state.hardState());
  }

  /** Neither what is durable, nor what is being written or waits for it, is this log above it. */
  private void removedAbove(long index) {
    durableIndex = Math.min(durableIndex, index);
    writingThrough = Math.min(writingThrough, index);
    for (BatchBuilder batch : waiting) {
      batch.removedAbove(index);
    }
  }

  @Override
  public HardState durableHardState() {
    return durableHardState;
  }

  @Override
  public long durableIndex() {
    return durableIndex;
  }

  /** The write in flight is durable. */
  void persisted(long ticket) {
    if (!writing || ticket <= durableTicket) {
      throw new IllegalStateException("ticket " + ticket + " was not being written");
    }
    writing = false;
    durableTicket = ticket;
    durableHardState = writingHardState;
    durableIndex = Math.max(durableIndex, writingThrough);
    outbox.durable(ticket);
  }

  /** All that the handler asked for happens now. */
  void handlerReturned() {
    if (failed) {
      return;
    }
    if (!writing && !waiting.isEmpty()) {
      BatchBuilder batch = waiting.removeFirst();
      writing = true;
      var built = batch.build();
      writingHardState = built.hardState();
      writingThrough = batch.through();
      ports.write(batch.ticket, built);
    }
    outbox.flush(ports::transmit);
  }

  // --- messages

  @Override
  public void send(NodeId to, PeerMessage message) {
    outbox.add(new Envelope(headerTo(to), message), nextTicket - 1, durableTicket);
  }

  private Header headerTo(NodeId to) {
    Member member = state.configuration().member(to);
    long incarnation = member == null ? 0 : member.incarnation();
    return new Header(
        own.group(),
        own.from(),
        own.fromIncarnation(),
        own.fromLife(),
        to,
        incarnation,
        lives.of(to));
  }

  @Override
  public boolean isDuplicate(ForwardProposal forward) {
    return !forwardedOnce.isFirst(sender, lives.of(sender), forward.requestId());
  }

  @Override
  public ClientRequest requestOf(ForwardProposal forward) {
    return new ForwardedRequest(ports, headerTo(sender), forward);
  }

  // --- committing

  @Override
  public void commitTo(long index) {
    if (!state.commitTo(index)) {
      return;
    }
    handToStateMachine();
  }

  /** Hands what is committed, and was not handed over yet, to the state machine. */
  private void handToStateMachine() {
    List<LogEntry> entries = new ArrayList<>((int) (state.commitIndex() - handedToApply));
    for (long i = handedToApply + 1; i <= state.commitIndex(); i++) {
      entries.add(state.log().entry(i));
    }
    handedToApply = state.commitIndex();
    ports.apply(entries, requests.take(entries));
  }

  @Override
  public void install(SnapshotDescriptor snapshot) {
    record(new RaftEvent.SnapshotInstalled(snapshot));
    handedToApply = snapshot.index();
    ports.restore(snapshot);
    snapshots.installed(snapshot);
  }

  // --- the rest of the context

  @Override
  public NodeId self() {
    return identity.self();
  }

  @Override
  public NodeSettings settings() {
    return settings;
  }

  @Override
  public NodeState state() {
    return state;
  }

  @Override
  public void arm(Timeout timer, long afterNanos) {
    ports.arm(timer, afterNanos);
  }

  @Override
  public void cancel(Timeout timer) {
    ports.cancel(timer);
  }

  @Override
  public long monotonicNanos() {
    return ports.monotonicNanos();
  }

  @Override
  public RandomGenerator random() {
    return ports.random();
  }

  @Override
  public long nextRound() {
    return ++round;
  }

  @Override
  public LeaderContact contact() {
    return contact;
  }

  @Override
  public PendingRequests requests() {
    return requests;
  }

  @Override
  public HandOver handOver() {
    return handOver;
  }

  @Override
  public SnapshotKeeper snapshots() {
    return snapshots;
  }

  @Override
  public NodeObserver observer() {
    return ports.observer();
  }

  @Override
  public NodePorts ports() {
    return ports;
  }

  /**
   * @param leader known in the present term, or null
   * @param reason why there is none
   */
  RaftStatus status(RaftStatus.Role role, @Nullable NodeId leader, String reason) {
    return new RaftStatus(
        identity.group(),
        identity.self(),
        role,
        state.term(),
        leader,
        state.commitIndex(),
        snapshots.appliedIndex(),
        durableIndex,
        state.log().lastIndex(),
        state.log().firstIndex(),
        state.snapshotIndex(),
        state.configuration(),
        reason);
  }

  /** From now on nothing leaves and nothing is written. */
  void fail() {
    failed = true;
    outbox.clear();
    waiting.clear();
  }
}

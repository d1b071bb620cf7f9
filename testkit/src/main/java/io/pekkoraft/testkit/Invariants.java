package io.pekkoraft.testkit;

import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.VoteVerdict;
import io.pekkoraft.role.NodeObserver;
import io.pekkoraft.rules.IdentityRule;
import io.pekkoraft.rules.TermRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What must hold whatever goes wrong, looked at after every event and, where possible, at the
 * cause: when a promise leaves, when a role begins, when a batch reaches the disk. Knows the truth
 * of the whole run, and nothing that the members tell themselves.
 */
final class Invariants {
  private static final int FRAMES_SHOWN = 4;

  private final Simulation simulation;
  private final ElectionChecks elections;
  private final ConductChecks conduct;
  private final LeadershipChecks leaderships;
  private final LogChecks logs;
  private final CommitChecks commits;
  private final AcknowledgementChecks acknowledgements;
  private final StateChecks states;
  private final BoundChecks bounds;
  private final ClientChecks clients;
  private final List<Observer> observers = new ArrayList<>();
  private final Set<SimulatedNode> liars = new HashSet<>();

  Invariants(Simulation simulation) {
    this.simulation = simulation;
    this.clients = new ClientChecks(this);
    this.commits = new CommitChecks(simulation, this, clients);
    this.acknowledgements = new AcknowledgementChecks(simulation, this, commits);
    this.states = new StateChecks(simulation, this, commits);
    this.bounds = new BoundChecks(simulation, this);
    this.logs = new LogChecks(simulation, this, commits, states, bounds);
    this.leaderships = new LeadershipChecks(simulation, this);
    this.elections = new ElectionChecks(simulation, this, leaderships);
    this.conduct = new ConductChecks(simulation, this, elections);
  }

  ElectionChecks elections() {
    return elections;
  }

  LeadershipChecks leaderships() {
    return leaderships;
  }

  ConductChecks conduct() {
    return conduct;
  }

  BoundChecks bounds() {
    return bounds;
  }

  CommitChecks commits() {
    return commits;
  }

  StateChecks states() {
    return states;
  }

  ClientChecks clients() {
    return clients;
  }

  /** To be thrown: stops the run and tells how to see it again. */
  InvariantViolation violation(String invariant, String what) {
    return violation(null, invariant, what);
  }

  /**
   * @param node where it was noticed, if on one member
   */
  InvariantViolation violation(@Nullable SimulatedNode node, String invariant, String what) {
    return violation(node, invariant, invariant, what, null);
  }

  /** An application's own exception, told as such, with it as the cause. */
  InvariantViolation violation(SimulatedNode node, StateMachineFailure failure) {
    return violation(
        node,
        StateMachineFailure.RULE,
        String.valueOf(failure.getMessage()),
        "on " + node + at(failure.origin()),
        failure.origin());
  }

  /**
   * @param headline stands over the report in place of the invariant, and says more
   */
  InvariantViolation violation(
      @Nullable SimulatedNode node,
      String invariant,
      String headline,
      String what,
      @Nullable Throwable cause) {
    simulation.tell(listener -> listener.violated(node, headline, what));
    InvariantViolation violation =
        new InvariantViolation(invariant, simulation.report(headline, what));
    if (cause != null) {
      violation.initCause(cause);
    }
    return violation;
  }

  /** The frames nearest to the cause. */
  private static String at(Throwable cause) {
    return Arrays.stream(cause.getStackTrace())
        .limit(FRAMES_SHOWN)
        .map(frame -> "\n    at " + frame)
        .collect(Collectors.joining());
  }

  /**
   * @param what told only if it does not hold: checks are many
   */
  void check(boolean holds, String invariant, SimulatedNode node, Supplier<String> what) {
    if (!holds) {
      throw violation(node, invariant, node + "  --  " + what.get());
    }
  }

  // --- lives

  void started(SimulatedNode node, long life) {
    while (observers.size() <= node.index()) {
      observers.add(new Observer(node));
    }
    observers.set(node.index(), new Observer(node));
    leaderships.started(node);
    elections.started(node, life);
    conduct.started(node);
    logs.started(node);
    states.started(node);
    acknowledgements.started(node);
    bounds.started(node);
  }

  void recovered(SimulatedNode node) {
    logs.recovered(node);
  }

  /** This node may fail in this life, and why is known. */
  void expectFailure(SimulatedNode node) {
    observers.get(node.index()).failureExpected = true;
  }

  /** This member lies about its log: Raft does not promise that it is not elected. */
  void expectLies(SimulatedNode node) {
    liars.add(node);
  }

  boolean lies(SimulatedNode node) {
    return liars.contains(node);
  }

  boolean mayFail(SimulatedNode node) {
    return observers.get(node.index()).failureExpected;
  }

  boolean hasFailed(SimulatedNode node) {
    return observers.get(node.index()).failed;
  }

  /** This node may raise an alarm in this life, and why is known. */
  void expectAlarm(SimulatedNode node) {
    observers.get(node.index()).alarmExpected = true;
  }

  /** What its disk had promised is gone with its identity. */
  void wiped(SimulatedNode node) {
    elections.wiped(node);
  }

  List<String> alarms(SimulatedNode node) {
    return observers.get(node.index()).alarms;
  }

  NodeObserver observerOf(SimulatedNode node) {
    return observers.get(node.index());
  }

  // --- messages

  void arrives(SimulatedNode node, Envelope envelope) {
    Observer observer = observers.get(node.index());
    observer.droppedNow = false;
    observer.absurdNow = envelope.message().term() >= TermRule.LIMIT;
    leaderships.arrives(node, envelope.message());
    elections.arrives(node, envelope);
    conduct.arrives(node, envelope.message());
    logs.arrives(node, envelope);
    acknowledgements.arrives(node, envelope.message());
  }

  void handled(SimulatedNode node, Envelope envelope) {
    elections.handled(node, envelope, observers.get(node.index()).droppedNow);
    logs.handled(node, envelope);
    conduct.handled(node);
  }

  void leaves(SimulatedNode node, Envelope envelope) {
    PeerMessage message = envelope.message();
    boolean failed = observers.get(node.index()).failed;
    check(
        !(failed && message.promises()),
        "I28 a failed member promises nothing",
        node,
        () -> message.toString());
    leaderships.leaves(node, envelope);
    elections.leaves(node, envelope);
    acknowledgements.leaves(node, message);
    bounds.leaves(node, envelope);
    conduct.leaves(node, envelope);
  }

  // --- disk and state machine

  void stores(SimulatedNode node, LogBatch batch) {
    elections.stores(node, batch);
    logs.stores(node, batch);
  }

  /** Committed entries are handed to the state machine. */
  void handed(SimulatedNode node, List<LogEntry> entries) {
    logs.look(node);
    states.handed(node, entries);
  }

  long appliedIndex(SimulatedNode node) {
    return states.appliedIndex(node);
  }

  /**
   * @param what happened to this node
   */
  void afterEvent(SimulatedNode node, Object what) {
    leaderships.afterEvent();
    if (node.isRunning()) {
      logs.look(node);
      if (what instanceof Timeout timer) {
        conduct.timedOut(node, timer);
      }
      check(
          !(observers.get(node.index()).failed && node.kind() != RaftStatus.Role.FAILED),
          "I28 a failed member stays so",
          node,
          () -> "");
    }
  }

  /** What one member says about itself while it runs. */
  private final class Observer implements NodeObserver {
    private final SimulatedNode node;
    private final List<String> alarms = new ArrayList<>();
    private boolean failureExpected;
    private boolean failed;
    private boolean alarmExpected;
    private boolean droppedNow;
    private boolean absurdNow;

    private Observer(SimulatedNode node) {
      this.node = node;
    }

    @Override
    public void roleChanged(RaftStatus.Role from, RaftStatus.Role to, long term, String reason) {
      simulation.note(node, from + " -> " + to + "  term " + term + "  (" + reason + ")");
      simulation.tell(listener -> listener.roleChanged(node, from, to, term, reason));
      check(
          !node.isDamaged() || to == RaftStatus.Role.FAILED,
          "I28 a member whose log is damaged takes no part",
          node,
          () -> from + " -> " + to);
      elections.roleChanged(node, from, to, term);
    }

    @Override
    public void leaderKnown(NodeId leader, long term) {
      simulation.tell(listener -> listener.leaderKnown(node, leader, term));
    }

    @Override
    public void voteDecided(NodeId candidate, boolean preVote, VoteVerdict verdict) {
      simulation.tell(listener -> listener.voteDecided(node, candidate, preVote, verdict));
      elections.voteDecided(node, candidate, preVote, verdict);
    }

    @Override
    public void dropped(Header header, PeerMessage message, IdentityRule.Verdict verdict) {
      droppedNow = true;
      simulation.tell(listener -> listener.refused(node, verdict));
      if (verdict == IdentityRule.Verdict.OTHER_LIFE) {
        simulation.counters().add(Counters.Kind.OTHER_LIFE);
      } else {
        simulation.counters().add(Counters.Kind.FOREIGN_DROPPED);
      }
    }

    @Override
    public void alarm(String what) {
      alarms.add(what);
      simulation.note(node, "alarm: " + what);
      if (absurdNow) {
        simulation.counters().add(Counters.Kind.ABSURD_TERM);
      }
      check(
          failureExpected || alarmExpected || absurdNow,
          "nobody lies here, so there is no alarm",
          node,
          () -> what);
    }

    @Override
    public void failed(String reason, Throwable cause) {
      failed = true;
      if (node.isDamaged()) {
        simulation.counters().add(Counters.Kind.DAMAGE_FOUND);
      }
      if (!failureExpected) {
        simulation.note(node, cause.toString());
      }
      check(
          failureExpected,
          "a member fails only if its storage does",
          node,
          () -> reason + ": " + cause + at(cause));
    }
  }
}

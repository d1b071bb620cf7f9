package io.pekkoraft.testkit;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.api.TransferOutcome;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.InstallSnapshot;
import io.pekkoraft.message.PeerMessage.TimeoutNow;
import io.pekkoraft.message.PeerMessage.VoteRequest;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What members publish of their leadership, and how they hand it over: I23, I30. */
final class LeadershipChecks {

  /** What is known of one member beside its own word. */
  private static final class Watched {
    long lifeStartNanos;
    // what the newest message said, by the leader's clock, of the leader heard last
    long heardTerm;
    long heardSentNanos;
    long heardTransfer;
    // what is asked in the message that is being handled
    @Nullable VoteRequest asked;
    @Nullable TimeoutNow ordered;
    // as a leader
    long ledTerm;
    boolean electedByTransfer;
    long electedNanos;
    long namedNow;
    long namedSentNanos;
    // as a candidate
    long standsFor;
    @Nullable Leadership published;
  }

  private final Simulation simulation;
  private final Invariants invariants;
  private final Watched[] watched;
  private final Map<Long, NodeId> leaders = new HashMap<>();
  private long newestTerm;

  LeadershipChecks(Simulation simulation, Invariants invariants) {
    this.simulation = simulation;
    this.invariants = invariants;
    this.watched = new Watched[simulation.configuration().voters().size()];
  }

  void started(SimulatedNode node) {
    Watched w = new Watched();
    w.lifeStartNanos = node.localNanos();
    watched[node.index()] = w;
  }

  private Watched of(SimulatedNode node) {
    return watched[node.index()];
  }

  // --- messages

  void arrives(SimulatedNode node, PeerMessage message) {
    Watched w = of(node);
    w.asked = message instanceof VoteRequest request ? request : null;
    w.ordered = message instanceof TimeoutNow now ? now : null;
  }

  /** A leader's message was accepted. Of two that were sent at once, neither is the newer. */
  void accepted(SimulatedNode node, PeerMessage message) {
    Watched w = of(node);
    long sent = sentNanos(message);
    if (message.term() > w.heardTerm || sent > w.heardSentNanos) {
      w.heardTerm = message.term();
      w.heardSentNanos = sent;
      w.heardTransfer = named(message);
    }
  }

  void leaves(SimulatedNode node, Envelope envelope) {
    PeerMessage message = envelope.message();
    Watched w = of(node);
    if (leaderSpeaks(message)) {
      w.namedNow = named(message);
      if (w.namedNow != 0) {
        w.namedSentNanos = Math.max(w.namedSentNanos, sentNanos(message));
      }
    }
    if (named(message) != 0 || message instanceof TimeoutNow) {
      Leadership leadership = node.running().leadership();
      invariants.check(
          leadership == null && (w.published == null || w.published.isOver()),
          "I23 a leadership ends before a word of its transfer leaves",
          node,
          () -> envelope.toString());
    }
  }

  static boolean leaderSpeaks(PeerMessage message) {
    return message instanceof Heartbeat
        || message instanceof AppendEntries
        || message instanceof InstallSnapshot;
  }

  private static long sentNanos(PeerMessage message) {
    return message instanceof Heartbeat heartbeat
        ? heartbeat.sentNanos()
        : message instanceof AppendEntries append
            ? append.sentNanos()
            : ((InstallSnapshot) message).sentNanos();
  }

  private static long named(PeerMessage message) {
    return message instanceof Heartbeat heartbeat
        ? heartbeat.transferId()
        : message instanceof AppendEntries append
            ? append.transferId()
            : message instanceof InstallSnapshot install ? install.transferId() : 0;
  }

  // --- the hold-off rule and its one exception

  /** Whether the candidate that asks was made by a transfer that is alive, as far as is heard. */
  boolean isLiftedFor(SimulatedNode node) {
    VoteRequest asked = of(node).asked;
    return asked != null && isLive(node, asked.transferId(), asked.term());
  }

  private boolean isLive(SimulatedNode node, long transfer, long term) {
    Watched w = of(node);
    return transfer != 0
        && transfer == w.heardTransfer
        && term == w.heardTerm + 1
        && node.localNanos() - w.lifeStartNanos >= simulation.electionTimeoutNanos();
  }

  /** Whether this node stands for election because of a live transfer. */
  boolean isOrdered(SimulatedNode node) {
    TimeoutNow ordered = of(node).ordered;
    return ordered != null && isLive(node, ordered.transferId(), ordered.term() + 1);
  }

  // --- roles

  void roleChanged(SimulatedNode node, RaftStatus.Role from, RaftStatus.Role to, long term) {
    Watched w = of(node);
    if (from == RaftStatus.Role.LEADER) {
      w.heardTerm = w.ledTerm;
      w.heardSentNanos = Long.MAX_VALUE;
      w.heardTransfer = w.namedNow;
    }
    if (to == RaftStatus.Role.CANDIDATE) {
      w.standsFor = w.ordered == null ? 0 : w.ordered.transferId();
    } else if (to == RaftStatus.Role.LEADER) {
      elected(node, w, term);
    }
  }

  private void elected(SimulatedNode node, Watched w, long term) {
    leaders.put(term, node.id());
    newestTerm = Math.max(newestTerm, term);
    w.ledTerm = term;
    w.electedByTransfer = w.standsFor != 0;
    w.electedNanos = node.localNanos();
    w.namedNow = 0;
    w.namedSentNanos = Long.MIN_VALUE;
    if (w.electedByTransfer) {
      simulation.counters().add(Counters.Kind.ELECTED_BY_TRANSFER);
    }
  }

  /** When this leader last said that it gives its leadership away. */
  long namedSentNanos(SimulatedNode leader) {
    return of(leader).namedSentNanos;
  }

  // --- what is published

  void published(SimulatedNode node, @Nullable Leadership now) {
    Watched w = of(node);
    if (now != null) {
      invariants.check(
          now.term() == w.ledTerm && now.byTransfer() == w.electedByTransfer,
          "I30 a leadership is of the term that was won",
          node,
          () -> now.term() + (now.byTransfer() ? " by transfer" : ""));
      invariants.check(
          invariants.commits().termAt(invariants.appliedIndex(node)) == now.term(),
          "I30 a leadership begins when an entry of its term is applied",
          node,
          () -> "term " + now.term() + ", applied is " + invariants.appliedIndex(node));
      invariants.check(
          now.quorumSentNanos() > w.namedSentNanos,
          "I23 a leadership counts nothing from before an abort",
          node,
          () -> now.quorumSentNanos() + " after " + w.namedSentNanos);
    }
    w.published = now;
  }

  /** At every instant: nobody holds a leadership while somebody else has won a later term. */
  void afterEvent() {
    for (SimulatedNode node : simulation.nodes()) {
      Leadership published = node.isRunning() ? of(node).published : null;
      if (published == null) {
        continue;
      }
      boolean overtaken = published.term() < newestTerm && !simulation.driftsBeyondBound();
      if (overtaken) {
        invariants.check(
            !published.holds(node.localNanos()),
            "I23 no lease holds while a later term has a leader",
            node,
            () -> "term " + newestTerm + " is led by " + leaders.get(newestTerm));
      }
      invariants.check(
          published.quorumSentNanos() >= of(node).electedNanos || published.isOver(),
          "I23 a leadership does not count its election",
          node,
          () -> "term " + published.term());
    }
  }

  // --- how transfers end

  void ended(SimulatedNode asked, TransferOutcome outcome) {
    if (outcome instanceof TransferOutcome.Transferred transferred) {
      invariants.check(
          transferred.leader().equals(leaders.get(transferred.term())),
          "a transfer names the leader that there is",
          asked,
          () -> outcome.toString());
      simulation.counters().add(Counters.Kind.TRANSFERRED);
    } else if (outcome instanceof TransferOutcome.Aborted) {
      simulation.counters().add(Counters.Kind.TRANSFER_ABORTED);
    } else {
      simulation.counters().add(Counters.Kind.TRANSFER_REFUSED);
    }
  }
}

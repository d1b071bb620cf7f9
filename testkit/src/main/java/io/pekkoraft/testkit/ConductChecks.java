package io.pekkoraft.testkit;

import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.PreVoteRequest;
import io.pekkoraft.message.PeerMessage.VoteRequest;
import io.pekkoraft.message.VoteVerdict;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How a member behaves while nothing is lost yet: what the group's liveness rests on, and, of I26,
 * that pre-votes leave the time alone at which an election begins.
 */
final class ConductChecks {

  /** What is known of one member beside its own word. */
  private static final class Watched {
    /** Since when a follower waits for a leader. */
    long waitsSinceNanos;

    // while a message is being handled
    @Nullable PeerMessage message;

    // as a leader: what each follower was told to be committed, in this term
    long toldTerm;
    final long[] told;

    Watched(int size) {
      told = new long[size];
    }
  }

  private final Simulation simulation;
  private final Invariants invariants;
  private final ElectionChecks elections;
  private final Watched[] watched;

  ConductChecks(Simulation simulation, Invariants invariants, ElectionChecks elections) {
    this.simulation = simulation;
    this.invariants = invariants;
    this.elections = elections;
    this.watched = new Watched[simulation.configuration().voters().size()];
  }

  void started(SimulatedNode node) {
    watched[node.index()] = new Watched(watched.length);
    waitsAnew(node);
  }

  private void waitsAnew(SimulatedNode node) {
    watched[node.index()].waitsSinceNanos = node.localNanos();
  }

  void roleChanged(SimulatedNode node, RaftStatus.Role to) {
    if (to == RaftStatus.Role.FOLLOWER) {
      waitsAnew(node);
    }
  }

  // --- messages

  void arrives(SimulatedNode node, PeerMessage message) {
    watched[node.index()].message = message;
  }

  /** A leader's message was accepted. */
  void accepted(SimulatedNode node) {
    waitsAnew(node);
  }

  void handled(SimulatedNode node) {
    watched[node.index()].message = null;
  }

  /** A timer is armed or cancelled. */
  void touched(SimulatedNode node, Timeout timer) {
    invariants.check(
        !(timer == Timeout.ELECTION && watched[node.index()].message instanceof PreVoteRequest),
        "I26 a pre-vote leaves the election timer alone",
        node,
        () -> String.valueOf(watched[node.index()].message));
  }

  void voteDecided(SimulatedNode node, NodeId candidate, VoteVerdict verdict) {
    PeerMessage message = watched[node.index()].message;
    if (message instanceof PreVoteRequest request) {
      checkJudged(
          node, candidate, request.last(), verdict, "conduct: a pre-vote is judged by the log");
    } else if (message instanceof VoteRequest request) {
      checkJudged(node, candidate, request.last(), verdict, "conduct: a vote is judged by the log");
      if (verdict.granted()) {
        waitsAnew(node);
      }
    }
  }

  private void checkJudged(
      SimulatedNode node, NodeId candidate, LogPosition last, VoteVerdict verdict, String rule) {
    SimulatedNode asking = simulation.member(candidate);
    if (asking != null && invariants.lies(asking)) {
      return;
    }
    boolean behind = last.compareTo(node.state().log().last()) < 0;
    invariants.check(
        behind ? !verdict.granted() : verdict != VoteVerdict.LOG_BEHIND,
        rule,
        node,
        () -> verdict + " for " + candidate + " with " + last);
  }

  /** A heartbeat validates nothing by itself: so it names only what its follower has. */
  void leaves(SimulatedNode node, Envelope envelope) {
    SimulatedNode to = simulation.member(envelope.header().to());
    if (!(envelope.message() instanceof Heartbeat heartbeat) || to == null) {
      return;
    }
    Watched w = watched[node.index()];
    if (w.toldTerm != heartbeat.term()) {
      w.toldTerm = heartbeat.term();
      Arrays.fill(w.told, 0);
    }
    long commit = heartbeat.commitIndex();
    long before = w.told[to.index()];
    invariants.check(
        commit >= before,
        "conduct: the commit that a follower is told never falls",
        node,
        () -> before + " -> " + commit + " to " + to.id());
    w.told[to.index()] = commit;
    invariants.check(
        to.promised().holds(commit, invariants.commits().hashAt(commit))
            || to.promised().snapshotIndex() >= commit,
        "conduct: a heartbeat names no more than its follower has",
        node,
        () -> commit + " to " + to);
  }

  // --- time

  /** A timer has fired and was handled. */
  void timedOut(SimulatedNode node, Timeout timer) {
    if (timer == Timeout.HEARTBEAT && node.isLeader()) {
      long quiet = node.localNanos() - elections.quorumSentNanos(node);
      invariants.check(
          quiet < 2 * simulation.electionTimeoutNanos(),
          "conduct: a leader without a majority gives up",
          node,
          () -> "nothing that it sent within " + quiet / 1_000_000 + " ms was acknowledged by one");
    } else if (timer == Timeout.ELECTION && node.kind() == RaftStatus.Role.FOLLOWER) {
      long quiet = node.localNanos() - watched[node.index()].waitsSinceNanos;
      invariants.check(
          quiet < 2 * simulation.electionTimeoutNanos(),
          "conduct: a follower that hears no leader asks for an election",
          node,
          () -> "it waits for " + quiet / 1_000_000 + " ms");
    }
  }
}

package io.pekkoraft.testkit;

import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.HeartbeatReply;
import io.pekkoraft.message.PeerMessage.InstallSnapshotReply;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.message.PeerMessage.PreVoteRequest;
import io.pekkoraft.message.PeerMessage.VoteReply;
import io.pekkoraft.message.VoteVerdict;
import io.pekkoraft.rules.LeaderLease;
import io.pekkoraft.rules.TermRule;
import io.pekkoraft.state.NodeState;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Terms, votes and leaders: I1, I9 to I12, I23, I26, I29 and the hold-off rule. */
final class ElectionChecks {

  /** What is known of one member beside its own word. */
  private static final class Watched {
    long life;
    long contactNanos;
    @Nullable NodeId contactLeader;
    long round;
    long roundTerm;
    long preVotes;
    long votes;
    final long[] ackedSentNanos;
    long electedNanos;
    // before the message that is being handled
    long term;
    long commitIndex;
    long lastHash;
    HardState hardState = HardState.INITIAL;
    RaftStatus.Role kind = RaftStatus.Role.FAILED;
    boolean foreign;
    boolean heldOff;

    Watched(int size) {
      ackedSentNanos = new long[size];
    }
  }

  private final Simulation simulation;
  private final Invariants invariants;
  private final LeadershipChecks leaderships;
  private final Watched[] watched;
  private final HardState[] newestOnDisk;
  private final Map<Long, String> leaders = new HashMap<>();
  private long highestTerm;
  private boolean heldOff = true;

  ElectionChecks(Simulation simulation, Invariants invariants, LeadershipChecks leaderships) {
    this.simulation = simulation;
    this.invariants = invariants;
    this.leaderships = leaderships;
    this.watched = new Watched[simulation.configuration().voters().size()];
    this.newestOnDisk = new HardState[watched.length];
    Arrays.fill(newestOnDisk, HardState.INITIAL);
  }

  /** The members are made to vote in spite of the hold-off rule. */
  void withoutHoldOff() {
    heldOff = false;
  }

  void started(SimulatedNode node, long life) {
    Watched w = new Watched(watched.length);
    w.life = life;
    w.contactNanos = node.localNanos();
    watched[node.index()] = w;
  }

  /** Another identity at this place: what was promised before was promised by somebody else. */
  void wiped(SimulatedNode node) {
    newestOnDisk[node.index()] = HardState.INITIAL;
  }

  private static long bit(SimulatedNode node) {
    return 1L << node.index();
  }

  private boolean isMajority(long nodes) {
    return Long.bitCount(nodes) >= simulation.configuration().quorum();
  }

  // --- a message arrives

  void arrives(SimulatedNode node, Envelope envelope) {
    Watched w = watched[node.index()];
    NodeState state = node.state();
    w.term = state.term();
    w.commitIndex = state.commitIndex();
    w.lastHash = state.log().lastHash();
    w.hardState = state.hardState();
    w.kind = node.kind();
    w.heldOff = false;
    PeerMessage message = envelope.message();
    SimulatedNode from = simulation.member(envelope.header().from());
    w.foreign = Strangers.isForeign(simulation, node, envelope);
    if (w.foreign || from == null || message.term() >= TermRule.LIMIT) {
      return;
    }
    boolean meantForThisLife = envelope.header().toLife() == w.life;
    if (message instanceof PreVoteReply reply && reply.verdict().granted() && meantForThisLife) {
      boolean current = reply.round() == w.round && reply.term() == w.roundTerm;
      if (current && w.kind == RaftStatus.Role.PRE_CANDIDATE) {
        w.preVotes |= bit(from);
      }
    } else if (message instanceof VoteReply reply
        && reply.verdict().granted()
        && meantForThisLife
        && reply.term() == w.term
        && w.kind == RaftStatus.Role.CANDIDATE) {
      w.votes |= bit(from);
    } else if (w.kind == RaftStatus.Role.LEADER && meantForThisLife && message.term() == w.term) {
      acknowledged(w, from, message);
      invariants.bounds().arrives(node, from, message);
    }
  }

  private static void acknowledged(Watched w, SimulatedNode from, PeerMessage message) {
    long sent =
        message instanceof HeartbeatReply reply
            ? reply.sentNanos()
            : message instanceof AppendReply reply
                ? reply.sentNanos()
                : message instanceof InstallSnapshotReply reply
                    ? reply.sentNanos()
                    : Long.MIN_VALUE;
    w.ackedSentNanos[from.index()] = Math.max(w.ackedSentNanos[from.index()], sent);
  }

  /** When a majority acknowledged last what was sent by this leader; its election counts too. */
  long quorumSentNanos(SimulatedNode leader) {
    return Math.max(acknowledgedByQuorum(leader), watched[leader.index()].electedNanos);
  }

  private long acknowledgedByQuorum(SimulatedNode leader) {
    long[] sent = watched[leader.index()].ackedSentNanos.clone();
    sent[leader.index()] = leader.localNanos();
    Arrays.sort(sent);
    return sent[sent.length - simulation.configuration().quorum()];
  }

  /** Whether a majority acknowledged something that this leader sent less than a lease ago. */
  private boolean hasLease(SimulatedNode leader) {
    long quorum = acknowledgedByQuorum(leader);
    return quorum > leaderships.namedSentNanos(leader)
        && LeaderLease.holds(quorum, leader.localNanos(), simulation.leaseNanos());
  }

  void handled(SimulatedNode node, Envelope envelope, boolean dropped) {
    Watched w = watched[node.index()];
    NodeState state = node.state();
    PeerMessage message = envelope.message();
    boolean believable = !w.foreign && message.term() < TermRule.LIMIT;
    if (LeadershipChecks.leaderSpeaks(message)
        && believable
        && !dropped
        && message.term() == state.term()
        && !isUnable(node)) {
      invariants.check(
          node.kind() == RaftStatus.Role.FOLLOWER,
          "I26 whoever hears the leader follows it",
          node,
          () -> message.toString());
      w.contactNanos = node.localNanos();
      w.contactLeader = envelope.header().from();
      w.round = 0;
      leaderships.accepted(node, message);
      invariants.conduct().accepted(node);
    }
    String innocent = innocent(w, envelope, believable, dropped);
    if (innocent != null) {
      invariants.check(
          state.hardState().equals(w.hardState)
              && state.commitIndex() == w.commitIndex
              && state.log().lastHash() == w.lastHash
              && node.kind() == w.kind,
          innocent,
          node,
          () -> message.toString());
    }
  }

  /** What says that this message changes nothing; null if it may. */
  private static @Nullable String innocent(
      Watched w, Envelope envelope, boolean believable, boolean dropped) {
    PeerMessage message = envelope.message();
    if (!believable && !dropped) {
      return "I29 what is foreign changes nothing";
    }
    if (dropped || (message.answers() && envelope.header().toLife() != w.life)) {
      return "I29 what is meant for another life changes nothing";
    }
    boolean stale =
        message instanceof PreVoteReply reply
            && reply.verdict().granted()
            && w.kind != RaftStatus.Role.PRE_CANDIDATE;
    if (stale || message instanceof PreVoteRequest) {
      return "I26 a pre-vote changes nothing";
    }
    return w.heldOff ? "conduct: a vote request that is held off changes nothing" : null;
  }

  private static boolean isUnable(SimulatedNode node) {
    return node.kind() == RaftStatus.Role.FAILED || node.kind() == RaftStatus.Role.RECOVERING;
  }

  // --- a message leaves

  void leaves(SimulatedNode node, Envelope envelope) {
    Watched w = watched[node.index()];
    invariants.check(
        envelope.header().fromLife() == w.life,
        "I29 a life that is over says nothing",
        node,
        () -> envelope.toString());
    if (envelope.message() instanceof PreVoteRequest request && request.round() != w.round) {
      w.round = request.round();
      w.roundTerm = request.term();
      w.preVotes = 0;
      simulation.counters().add(Counters.Kind.PRE_VOTE_ROUND);
    } else if (envelope.message() instanceof VoteReply reply && reply.verdict().granted()) {
      HardState durable = node.disk().hardState();
      invariants.check(
          durable.term() == reply.term() && envelope.header().to().equals(durable.votedFor()),
          "I11 a vote that is granted is durable",
          node,
          () -> "on disk is " + durable + ", leaving is " + envelope);
    }
  }

  // --- votes and roles

  void voteDecided(SimulatedNode node, NodeId candidate, boolean preVote, VoteVerdict verdict) {
    invariants.conduct().voteDecided(node, candidate, verdict);
    if (verdict == VoteVerdict.HOLD_OFF) {
      watched[node.index()].heldOff = !preVote;
      simulation.counters().add(Counters.Kind.HELD_OFF);
      if (watched[node.index()].contactLeader == null) {
        simulation.counters().add(Counters.Kind.HELD_OFF_AFTER_START);
      }
    } else if (verdict.granted() && !node.isLeader()) {
      if (preVote || !leaderships.isLiftedFor(node)) {
        checkHoldOff(node, candidate, preVote ? "a pre-vote" : "a vote");
      }
    }
  }

  private void checkHoldOff(SimulatedNode node, NodeId asker, String what) {
    if (!heldOff) {
      return;
    }
    Watched w = watched[node.index()];
    long quiet = node.localNanos() - w.contactNanos;
    invariants.check(
        asker.equals(w.contactLeader) || quiet >= simulation.electionTimeoutNanos(),
        "the hold-off rule",
        node,
        () ->
            what
                + " for "
                + asker
                + ", "
                + quiet / 1e6
                + " ms after "
                + (w.contactLeader == null ? "its start" : "hearing " + w.contactLeader));
  }

  void roleChanged(SimulatedNode node, RaftStatus.Role from, RaftStatus.Role to, long term) {
    Watched w = watched[node.index()];
    highestTerm = Math.max(highestTerm, term);
    leaderships.roleChanged(node, from, to, term);
    invariants.conduct().roleChanged(node, to);
    if (to == RaftStatus.Role.CANDIDATE) {
      if (!(from == RaftStatus.Role.FOLLOWER && leaderships.isOrdered(node))) {
        invariants.check(
            from == RaftStatus.Role.PRE_CANDIDATE && isMajority(w.preVotes | bit(node)),
            "I26 an election follows a round that was won, or a live transfer",
            node,
            () -> "round " + w.round + " had " + Long.bitCount(w.preVotes) + " grants of others");
        checkHoldOff(node, node.id(), "its own vote");
      }
      w.votes = 0;
      simulation.counters().add(Counters.Kind.ELECTION);
    } else if (to == RaftStatus.Role.LEADER) {
      elected(node, w, term);
    } else if (from == RaftStatus.Role.LEADER && term == w.term) {
      simulation.counters().add(Counters.Kind.ABDICATION);
    } else if (from == RaftStatus.Role.CANDIDATE) {
      simulation.counters().add(Counters.Kind.ELECTION_LOST);
    }
    if (to != RaftStatus.Role.PRE_CANDIDATE) {
      w.round = 0;
    }
  }

  private void elected(SimulatedNode node, Watched w, long term) {
    String earlier = leaders.putIfAbsent(term, node.id() + " in life " + w.life);
    invariants.check(
        earlier == null,
        "I1 one leader a term",
        node,
        () -> "term " + term + " was led by " + earlier);
    HardState durable = node.disk().hardState();
    invariants.check(
        durable.term() == term && node.id().equals(durable.votedFor()),
        "I12 a leader's own vote is durable",
        node,
        () -> "on disk is " + durable);
    invariants.check(
        isMajority(w.votes | bit(node)),
        "I1 a leader has a majority of votes",
        node,
        () -> Long.bitCount(w.votes) + " of others");
    Arrays.fill(w.ackedSentNanos, Long.MIN_VALUE);
    w.electedNanos = node.localNanos();
    invariants.commits().elected(node);
  }

  /** A leader commits: no older one may still have a lease. */
  void checkLeases(SimulatedNode committing) {
    for (SimulatedNode other : simulation.nodes()) {
      boolean older =
          other != committing
              && other.isLeader()
              && other.state().term() < committing.state().term();
      if (older) {
        invariants.check(
            !hasLease(other),
            "I23 a lease outlives no successor's commit",
            other,
            () -> committing + " commits");
      }
    }
  }

  // --- the disk

  void stores(SimulatedNode node, LogBatch batch) {
    HardState before = newestOnDisk[node.index()];
    HardState after = batch.hardState();
    newestOnDisk[node.index()] = after;
    invariants.check(
        after.term() >= before.term(),
        "I9 the term on disk never falls",
        node,
        () -> before + " -> " + after);
    NodeId vote = before.votedFor();
    invariants.check(
        after.term() > before.term() || vote == null || vote.equals(after.votedFor()),
        "I10 one vote a term on disk",
        node,
        () -> before + " -> " + after);
  }

  /** Of all that were ever taken, by members that are down too: it may still be under way. */
  long highestTerm() {
    return highestTerm;
  }
}

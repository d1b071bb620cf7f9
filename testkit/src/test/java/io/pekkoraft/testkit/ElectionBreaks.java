package io.pekkoraft.testkit;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.RaftStatus.Role;
import io.pekkoraft.api.TransferOutcome;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.PreVoteRequest;
import io.pekkoraft.message.PeerMessage.VoteReply;
import io.pekkoraft.message.PeerMessage.VoteRequest;
import io.pekkoraft.message.VoteVerdict;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/** Terms, votes, leaders, lives and leaderships, broken one by one. */
final class ElectionBreaks {
  private ElectionBreaks() {}

  static void addTo(Map<String, Consumer<BrokenGroup>> breaks) {
    votes(breaks);
    rounds(breaks);
    lives(breaks);
    leaderships(breaks);
    conduct(breaks);
  }

  private static void becomes(BrokenGroup g, Role from, Role to, long term) {
    g.invariants.observerOf(g.follower).roleChanged(from, to, term, "broken");
  }

  /** What is handled changes the term, whatever it was. */
  private static void handleAndAdvance(BrokenGroup g, SimulatedNode node, Envelope envelope) {
    g.invariants.arrives(node, envelope);
    g.advance(node);
    g.invariants.handled(node, envelope);
  }

  private static void votes(Map<String, Consumer<BrokenGroup>> breaks) {
    breaks.put("I1 one leader a term", g -> becomes(g, Role.CANDIDATE, Role.LEADER, g.term));
    breaks.put(
        "I1 a leader has a majority of votes",
        g -> {
          g.follower.disk().add(g.batch(g.term + 1, g.follower.id()));
          becomes(g, Role.CANDIDATE, Role.LEADER, g.term + 1);
        });
    breaks.put(
        "I9 the term on disk never falls",
        g -> g.invariants.stores(g.follower, g.batch(g.term - 1, g.other.id())));
    breaks.put(
        "I10 one vote a term on disk",
        g -> g.invariants.stores(g.leader, g.batch(g.term, g.other.id())));
    breaks.put(
        "I11 a vote that is granted is durable",
        g -> g.leaves(g.follower, g.other, new VoteReply(g.term + 1, VoteVerdict.GRANT)));
    breaks.put(
        "I12 a leader's own vote is durable",
        g -> becomes(g, Role.CANDIDATE, Role.LEADER, g.term + 1));
  }

  private static PreVoteRequest preVote(BrokenGroup g) {
    return new PreVoteRequest(g.term + 1, 1, new LogPosition(g.term, g.last));
  }

  private static void rounds(Map<String, Consumer<BrokenGroup>> breaks) {
    breaks.put(
        "I26 whoever hears the leader follows it",
        g -> {
          Envelope heartbeat = g.envelope(g.other, g.leader, new Heartbeat(g.term, 0, 0, 0));
          g.invariants.arrives(g.leader, heartbeat);
          g.invariants.handled(g.leader, heartbeat);
        });
    breaks.put(
        "I26 a pre-vote changes nothing",
        g -> handleAndAdvance(g, g.follower, g.envelope(g.other, g.follower, preVote(g))));
    breaks.put(
        "I26 a pre-vote leaves the election timer alone",
        g -> {
          g.invariants.arrives(g.follower, g.envelope(g.other, g.follower, preVote(g)));
          g.follower.running().arm(Timeout.ELECTION, 1);
        });
    breaks.put(
        "I26 an election follows a round that was won, or a live transfer",
        g -> becomes(g, Role.FOLLOWER, Role.CANDIDATE, g.term + 1));
    breaks.put(
        "the hold-off rule",
        g ->
            g.invariants.observerOf(g.follower).voteDecided(g.other.id(), true, VoteVerdict.GRANT));
  }

  private static void lives(Map<String, Consumer<BrokenGroup>> breaks) {
    breaks.put(
        "I28 a failed member promises nothing",
        g -> {
          fails(g);
          g.leaves(g.follower, g.other, new VoteReply(g.term, VoteVerdict.GRANT));
        });
    breaks.put(
        "I28 a failed member stays so",
        g -> {
          fails(g);
          g.settle(g.follower);
        });
    breaks.put(
        "I28 a member whose log is damaged takes no part",
        g -> {
          g.follower.damaged();
          becomes(g, Role.RECOVERING, Role.FOLLOWER, g.term);
        });
    breaks.put(
        "I29 a life that is over says nothing",
        g -> {
          Header earlier = g.header(g.follower, g.other, 4, 2);
          g.invariants.leaves(g.follower, new Envelope(earlier, new Heartbeat(g.term, 0, 0, 0)));
        });
    breaks.put(
        "I29 what is foreign changes nothing",
        g -> {
          Header own = g.header(g.other, g.follower, 4, 2);
          Header foreign =
              new Header(
                  new GroupIdentity("another", "group", 1),
                  own.from(),
                  own.fromIncarnation(),
                  own.fromLife(),
                  own.to(),
                  own.toIncarnation(),
                  own.toLife());
          Heartbeat heartbeat = new Heartbeat(g.term, 0, 0, 0);
          handleAndAdvance(g, g.follower, new Envelope(foreign, heartbeat));
        });
    breaks.put(
        "I29 what is meant for another life changes nothing",
        g -> {
          Header toAnother = g.header(g.other, g.leader, g.other.running().life(), 2);
          AppendReply reply = new AppendReply(g.term, 0, true, 0, 1, 0);
          handleAndAdvance(g, g.leader, new Envelope(toAnother, reply));
        });
    breaks.put(
        "nobody lies here, so there is no alarm",
        g -> g.invariants.observerOf(g.follower).alarm("broken"));
    breaks.put(
        "a member fails only if its storage does",
        g -> g.invariants.observerOf(g.follower).failed("broken", new IOException("broken")));
  }

  private static void fails(BrokenGroup g) {
    g.invariants.expectFailure(g.follower);
    g.invariants.observerOf(g.follower).failed("broken", new IOException("broken"));
  }

  private static Leadership published(BrokenGroup g) {
    Leadership leadership = g.leader.running().leadership();
    if (leadership == null) {
      throw new IllegalStateException("none is published");
    }
    return leadership;
  }

  private static void publish(BrokenGroup g, SimulatedNode node, long term, long quorumSent) {
    long elected = published(g).electedNanos();
    g.invariants
        .leaderships()
        .published(node, new Leadership(term, elected, false, 800_000_000, quorumSent));
  }

  private static void leaderships(Map<String, Consumer<BrokenGroup>> breaks) {
    breaks.put(
        "I23 a leadership ends before a word of its transfer leaves",
        g -> g.leaves(g.leader, g.follower, new Heartbeat(g.term, 0, g.leader.localNanos(), 7)));
    breaks.put(
        "I23 a leadership counts nothing from before an abort",
        g -> {
          long elected = published(g).electedNanos();
          g.cut(g.follower);
          g.simulation.transfer(g.leader, g.follower.id(), Duration.ofMillis(300));
          g.must(() -> g.leader.running().leadership() == null);
          long named = g.invariants.leaderships().namedSentNanos(g.leader);
          Leadership early = new Leadership(g.term, elected, false, 800_000_000, named);
          g.invariants.leaderships().published(g.leader, early);
        });
    breaks.put(
        "I23 a leadership does not count its election",
        g -> {
          publish(g, g.leader, g.term, published(g).electedNanos() - 1);
          g.settle(g.follower);
        });
    breaks.put(
        "I23 a lease outlives no successor's commit",
        g -> {
          g.advance(g.follower);
          g.invariants.elections().checkLeases(g.follower);
        });
    breaks.put(
        "I23 no lease holds while a later term has a leader",
        g -> {
          g.invariants
              .leaderships()
              .roleChanged(g.follower, Role.CANDIDATE, Role.LEADER, g.term + 1);
          g.settle(g.follower);
        });
    breaks.put(
        "I30 a leadership is of the term that was won",
        g -> publish(g, g.leader, g.term + 1, g.leader.localNanos()));
    breaks.put(
        "I30 a leadership begins when an entry of its term is applied",
        g -> {
          g.invariants
              .leaderships()
              .roleChanged(g.follower, Role.CANDIDATE, Role.LEADER, g.term + 1);
          publish(g, g.follower, g.term + 1, g.follower.localNanos());
        });
    breaks.put(
        "a transfer names the leader that there is",
        g ->
            g.invariants
                .leaderships()
                .ended(g.leader, new TransferOutcome.Transferred(g.other.id(), g.term)));
  }

  private static void conduct(Map<String, Consumer<BrokenGroup>> breaks) {
    breaks.put(
        "conduct: a leader without a majority gives up",
        g -> {
          g.leader.pause();
          g.elapse(3_000);
          g.invariants.conduct().timedOut(g.leader, Timeout.HEARTBEAT);
        });
    breaks.put(
        "conduct: a follower that hears no leader asks for an election",
        g -> {
          g.follower.pause();
          g.elapse(3_000);
          g.invariants.conduct().timedOut(g.follower, Timeout.ELECTION);
        });
    breaks.put(
        "conduct: the commit that a follower is told never falls",
        g -> {
          g.leaves(g.leader, g.follower, new Heartbeat(g.term, g.last, 0, 0));
          g.leaves(g.leader, g.follower, new Heartbeat(g.term, g.last - 1, 0, 0));
        });
    breaks.put(
        "conduct: a heartbeat names no more than its follower has",
        g -> {
          g.commitWithoutFollower();
          g.leaves(g.leader, g.follower, new Heartbeat(g.term, g.last + 1, 0, 0));
        });
    breaks.put(
        "conduct: a pre-vote is judged by the log",
        g -> {
          PreVoteRequest behind = new PreVoteRequest(g.term + 1, 1, LogPosition.ZERO);
          g.invariants.arrives(g.follower, g.envelope(g.other, g.follower, behind));
          g.invariants.observerOf(g.follower).voteDecided(g.other.id(), true, VoteVerdict.GRANT);
        });
    breaks.put(
        "conduct: a vote is judged by the log",
        g -> {
          VoteRequest request = new VoteRequest(g.term + 1, new LogPosition(g.term, g.last), 0);
          g.invariants.arrives(g.follower, g.envelope(g.other, g.follower, request));
          g.invariants
              .observerOf(g.follower)
              .voteDecided(g.other.id(), false, VoteVerdict.LOG_BEHIND);
        });
    breaks.put(
        "conduct: a vote request that is held off changes nothing",
        g -> {
          VoteRequest request = new VoteRequest(g.term + 1, new LogPosition(g.term, g.last), 0);
          Envelope asked = g.envelope(g.other, g.follower, request);
          g.invariants.arrives(g.follower, asked);
          g.invariants
              .observerOf(g.follower)
              .voteDecided(g.other.id(), false, VoteVerdict.HOLD_OFF);
          g.advance(g.follower);
          g.invariants.handled(g.follower, asked);
        });
  }
}

package io.pekkoraft.testkit;

import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.message.PeerMessage.PreVoteRequest;
import io.pekkoraft.message.PeerMessage.VoteRequest;
import io.pekkoraft.message.VoteVerdict;
import org.jspecify.annotations.Nullable;

/**
 * Takes Pre-Vote and the hold-off rule away from a simulated group, so that scenarios show what
 * they are for. The production code is as always: only what it hears, and once what its clock
 * shows, is not true.
 */
final class NaiveGroup {
  private final Simulation simulation;
  private boolean preVote = true;
  private boolean holdOff = true;
  private @Nullable SimulatedNode asked;

  NaiveGroup(Simulation simulation) {
    this.simulation = simulation;
  }

  void withoutPreVote() {
    preVote = false;
  }

  void withoutHoldOff() {
    holdOff = false;
    simulation.invariants().elections().withoutHoldOff();
    simulation.expectNoLeases();
  }

  /**
   * Answers a pre-vote request in the receiver's name, at once, with yes: so the member is a
   * candidate as soon as its timeout is over. True if it was one.
   */
  boolean answers(SimulatedNode asker, Envelope envelope) {
    if (preVote || !(envelope.message() instanceof PreVoteRequest request)) {
      return false;
    }
    simulation.invariants().leaves(asker, envelope);
    Header header = envelope.header();
    Header back =
        new Header(
            header.group(),
            header.to(),
            header.toIncarnation(),
            header.toLife(),
            header.from(),
            header.fromIncarnation(),
            header.fromLife());
    PreVoteReply yes = new PreVoteReply(request.term(), request.round(), VoteVerdict.GRANT);
    simulation.scheduleAt(simulation.nowNanos(), asker, header.fromLife(), new Envelope(back, yes));
    return true;
  }

  /** A vote request arrives: the first thing that is done with it is to look at the clock. */
  Envelope atTheDoor(SimulatedNode node, Envelope envelope) {
    asked = !holdOff && envelope.message() instanceof VoteRequest ? node : null;
    return envelope;
  }

  /** That one look shows a time at which any leader was heard long ago. */
  long clock(SimulatedNode node, long honest) {
    if (asked != node) {
      return honest;
    }
    asked = null;
    return honest + 4 * simulation.electionTimeoutNanos();
  }
}

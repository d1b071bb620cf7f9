package io.pekkoraft.testkit;

import io.pekkoraft.log.Member;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;

/** Which messages nobody of the group can have meant for a member, judged by the truth. */
final class Strangers {
  private Strangers() {}

  /**
   * True for what must change nothing: of another group or data directory, for another data
   * directory, or of somebody who is no member, unless it asks for a vote. A life is not looked at
   * here.
   */
  static boolean isForeign(Simulation simulation, SimulatedNode node, Envelope envelope) {
    Header header = envelope.header();
    if (!header.group().equals(simulation.group())
        || !header.to().equals(node.id())
        || header.toIncarnation() != node.incarnation()) {
      return true;
    }
    Member sender = simulation.configuration().member(header.from());
    return sender == null
        ? !(envelope.message() instanceof PeerMessage.PreVoteRequest
            || envelope.message() instanceof PeerMessage.VoteRequest)
        : sender.incarnation() != header.fromIncarnation();
  }
}

package io.pekkoraft.rules;

import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.Member;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.PeerMessage;

/**
 * Whether a message is from a member of this group and meant for this very start of this very node.
 * Asked before all else.
 */
public final class IdentityRule {
  private IdentityRule() {}

  /** What the header says. All but {@code ACCEPT} are dropped and counted. */
  public enum Verdict {
    ACCEPT,
    WRONG_CLUSTER,
    WRONG_GROUP,
    WRONG_NODE,
    /** Addressed to another data directory of this node. */
    OTHER_INCARNATION,
    /** Addressed to an earlier start of this node. */
    OTHER_LIFE,
    /** The sender's data directory is not the one that the configuration admitted. */
    SENDER_INCARNATION,
    /** The sender has this node's own name: a copy of its data directory runs elsewhere. */
    OWN_NAME,
    /** Of somebody outside the configuration: only its requests for votes are judged. */
    NOT_A_MEMBER
  }

  /**
   * @param header of the message
   * @param message an answer must name the life that asked
   * @param own header of a message of this node to itself: its names, incarnation and life
   */
  public static Verdict decide(
      Header header, PeerMessage message, Header own, Configuration configuration) {
    if (!header.group().equals(own.group())) {
      return header.group().cluster().equals(own.group().cluster())
          ? Verdict.WRONG_GROUP
          : Verdict.WRONG_CLUSTER;
    }
    if (!header.to().equals(own.to())) {
      return Verdict.WRONG_NODE;
    }
    if (header.toIncarnation() != own.toIncarnation()) {
      return Verdict.OTHER_INCARNATION;
    }
    if (header.from().equals(own.from())) {
      return Verdict.OWN_NAME;
    }
    Member sender = configuration.member(header.from());
    if (sender == null && message.isOfMembersOnly()) {
      return Verdict.NOT_A_MEMBER;
    }
    if (sender != null && sender.incarnation() != header.fromIncarnation()) {
      return Verdict.SENDER_INCARNATION;
    }
    boolean answers = message.answers();
    boolean known = answers || header.toLife() != Header.UNKNOWN_LIFE;
    return known && header.toLife() != own.toLife() ? Verdict.OTHER_LIFE : Verdict.ACCEPT;
  }
}

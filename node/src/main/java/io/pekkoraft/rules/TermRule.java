package io.pekkoraft.rules;

import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.message.PeerMessage.PreVoteRequest;

/** Compares a message's term with the node's, once, before anything else (Raft 5.1). */
public final class TermRule {
  /**
   * No honest member gets here: a term at or above it would block the group for ever if it were
   * taken.
   */
  public static final long LIMIT = 1L << 62;

  private TermRule() {}

  /** What the term of a message means for its receiver. */
  public enum Verdict {
    /** Same term: its handler may rely on it. */
    CURRENT,
    /** A newer term: take it, as a follower, then handle the message. */
    NEWER,
    /** The sender is behind: answer with the own term, or drop an old answer. */
    OLDER,
    /**
     * Carries no term to compare: pre-votes ask about a term that is not there yet, client traffic
     * has none.
     */
    UNRELATED,
    /** Beyond {@link #LIMIT}: dropped with an alarm. */
    ABSURD
  }

  public static Verdict decide(PeerMessage message, long ownTerm) {
    if (message.term() >= LIMIT) {
      return Verdict.ABSURD;
    }
    if (isUnrelated(message)) {
      return Verdict.UNRELATED;
    }
    int order = Long.compare(message.term(), ownTerm);
    return order == 0 ? Verdict.CURRENT : order > 0 ? Verdict.NEWER : Verdict.OLDER;
  }

  /**
   * A pre-vote and its grant never change a term (thesis 9.6); a refusal carries the refuser's real
   * one.
   */
  private static boolean isUnrelated(PeerMessage message) {
    return message instanceof PreVoteRequest
        || (message instanceof PreVoteReply reply && reply.verdict().granted())
        || message instanceof PeerMessage.OtherLife
        || message instanceof PeerMessage.ForwardProposal
        || message instanceof PeerMessage.ForwardReply;
  }
}

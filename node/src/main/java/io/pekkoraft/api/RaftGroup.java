package io.pekkoraft.api;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A member of a group that runs in this actor system. Safe to use from any thread. */
public interface RaftGroup {

  /**
   * Proposes a command. A member that does not lead hands it to the leader.
   *
   * <p>The stage is completed by the member's own threads: what depends on it must not block them,
   * so give slow steps an executor ({@code thenApplyAsync}).
   *
   * @param command opaque to the protocol; must not be changed afterwards
   * @param timeout how long the answer is worth waiting for
   * @return completed with the outcome, at the latest when {@code timeout} is over; never with an
   *     exception
   */
  CompletionStage<Outcome> propose(byte[] command, Duration timeout);

  /**
   * Proposes a command only if this member leads, in exactly this term: never forwarded, and so
   * never appended in a later term.
   *
   * @return as for {@link #propose}; {@code NotLeader} if it does not lead in that term
   */
  CompletionStage<Outcome> proposeInTerm(long term, byte[] command, Duration timeout);

  /**
   * This member's leadership: from when an entry of its term was applied here, until it is over;
   * null otherwise. A volatile read.
   */
  @Nullable Leadership leadership();

  /**
   * Asks how this member is.
   *
   * @return completed by this member alone, without a word to the others; if its actor is gone,
   *     with what was last known and the reason
   */
  CompletionStage<RaftStatus> status();
}

package io.pekkoraft.api;

import io.pekkoraft.log.NodeId;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
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
   * @param timeout how long the answer is worth waiting for; if it is not positive, nothing is done
   * @return completed with the outcome, at the latest when {@code timeout} is over; never with an
   *     exception
   * @throws NullPointerException if an argument is null
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
   * Hands this member's leadership to another voter (thesis 3.10). Meanwhile {@link #leadership} is
   * null and requests wait: for the new leader, or for this one if the transfer is aborted.
   *
   * @param to a voter; null for the one that has most of the log and was heard last
   * @param timeout how long to try; an election timeout at most, since nothing is committed
   *     meanwhile
   * @return completed when the transfer has ended, at the latest when {@code timeout} is over;
   *     never with an exception
   */
  CompletionStage<TransferOutcome> transferLeadership(@Nullable NodeId to, Duration timeout);

  /**
   * Stops this member in order: it hands over its leadership if it leads, lets the requests that
   * wait here be answered, refuses new ones, and then ends its actors. Its journal, which belongs
   * to the actor system, stays open for others. A second call returns the first one's stage.
   *
   * @param timeout how long all of this may take; what still waits then is answered as unknown
   * @return completed when the member's actors have ended, and it may be started again;
   *     exceptionally, with a {@link java.util.concurrent.TimeoutException}, if they have not
   *     within {@code timeout}, as when the state machine blocks
   */
  CompletionStage<Done> stop(Duration timeout);

  /**
   * Asks how this member is.
   *
   * @return completed by this member alone, without a word to the others; if its actor is gone,
   *     with what was last known and the reason
   */
  CompletionStage<RaftStatus> status();
}

package io.pekkoraft.node;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * Stops a member in order: leadership first, while requests are still taken; then what waits is let
 * be answered; then the actor. Safe for use by any thread.
 */
final class OrderedStop {
  private final ActorSystem<?> system;
  private final Gate gate;
  private final Runnable stopActor;
  private final CompletableFuture<Done> ended;
  private @Nullable CompletionStage<Done> answer;

  /**
   * @param stopActor ends the node's actor and its helpers
   * @param ended completed when they are gone, in order or not
   */
  OrderedStop(ActorSystem<?> system, Gate gate, Runnable stopActor, CompletableFuture<Done> ended) {
    this.system = system;
    this.gate = gate;
    this.stopActor = stopActor;
    this.ended = ended;
  }

  /** Half of the time is for the transfer, a quarter for requests, the rest for the actors. */
  synchronized CompletionStage<Done> begin(RaftGroup group, Duration timeout) {
    CompletionStage<Done> present = answer;
    if (present == null) {
      present = Deadlines.fail(system, ended.copy(), timeout);
      answer = present;
      Duration quarter = timeout.dividedBy(4);
      group
          .transferLeadership(null, quarter.multipliedBy(2))
          .thenCompose(transferred -> drained(quarter))
          .thenRun(stopActor);
    }
    return present;
  }

  private CompletionStage<Done> drained(Duration atMost) {
    CompletableFuture<Done> drained = gate.drain(new Outcome.NoLeader("this member is stopping"));
    return Deadlines.complete(system, drained, atMost, Done::done);
  }
}

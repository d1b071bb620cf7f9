package io.pekkoraft.cluster;

import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.api.TransferOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Pekko's coordinated shutdown does with the members of a process, so that nobody waits for an
 * election: before the Cluster is left, what this process leads is handed over; before the actor
 * system ends, the members are stopped. The log is closed last, when the system has ended.
 */
final class ShutdownOrder {
  private static final Logger LOG = LoggerFactory.getLogger(ShutdownOrder.class);

  private ShutdownOrder() {}

  /** What is ended, by the parts of the process that it concerns. */
  interface Ending {

    /** No group is started any more; hands over what is not a leadership. Never fails. */
    CompletionStage<Done> leave(Duration timeout);

    /** The members that run here. */
    List<? extends RaftGroup> groups();
  }

  static void register(ActorSystem<?> system, Ending ending) {
    CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
    String before = CoordinatedShutdown.PhaseBeforeClusterShutdown();
    Duration handOver = timeout(shutdown, before);
    shutdown.addTask(
        before,
        "pekko-raft-hand-over",
        () ->
            ending
                .leave(handOver.dividedBy(2))
                .thenCompose(done -> transferAll(ending.groups(), handOver.dividedBy(2))));
    String last = CoordinatedShutdown.PhaseBeforeActorSystemTerminate();
    Duration stop = timeout(shutdown, last);
    shutdown.addTask(last, "pekko-raft-stop", () -> stopAll(ending.groups(), stop));
  }

  /** A little less than the phase has: what is given up here is told, not cut off. */
  private static Duration timeout(CoordinatedShutdown shutdown, String phase) {
    Duration whole = Duration.ofMillis(shutdown.timeout(phase).toMillis());
    return whole.minus(whole.dividedBy(10));
  }

  private static CompletionStage<Done> transferAll(
      List<? extends RaftGroup> groups, Duration timeout) {
    return each(
        groups,
        group ->
            group
                .transferLeadership(null, timeout)
                .thenApply(
                    outcome -> {
                      if (!(outcome instanceof TransferOutcome.NotLeader)) {
                        LOG.info("handing over the leadership: {}", outcome);
                      }
                      return Done.done();
                    }));
  }

  private static CompletionStage<Done> stopAll(List<? extends RaftGroup> groups, Duration timeout) {
    return each(
        groups,
        group ->
            group
                .stop(timeout)
                .exceptionally(
                    slow -> {
                      LOG.warn("a member did not stop in order: {}", slow.toString());
                      return Done.done();
                    }));
  }

  private static CompletionStage<Done> each(
      List<? extends RaftGroup> groups, Function<RaftGroup, CompletionStage<Done>> action) {
    List<CompletableFuture<Done>> all = new ArrayList<>();
    for (RaftGroup group : groups) {
      all.add(action.apply(group).toCompletableFuture());
    }
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
        .thenApply(nothing -> Done.done());
  }
}

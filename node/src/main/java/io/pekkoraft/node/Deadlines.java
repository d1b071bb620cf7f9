package io.pekkoraft.node;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.Scheduler;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Ends what waits for an answer by the timer of the actor system, which a simulation replaces.
 * Where that has ended, so has the waiting.
 */
public final class Deadlines {
  /** Far below what Pekko's scheduler can hold. */
  private static final Duration LONGEST = Duration.ofDays(30);

  /** Also run when the system ends before the time is over. */
  private record AtTheLatest(Runnable task) implements Scheduler.TaskRunOnClose {
    @Override
    public void run() {
      task.run();
    }
  }

  private Deadlines() {}

  /**
   * Completes {@code future} with a value, unless it is completed before.
   *
   * @param otherwise what with; called on any thread when the time is over
   * @return the future itself
   */
  public static <T> CompletableFuture<T> complete(
      ActorSystem<?> system, CompletableFuture<T> future, Duration after, Supplier<T> otherwise) {
    Duration delay = after.compareTo(LONGEST) < 0 ? after : LONGEST;
    AtTheLatest end = new AtTheLatest(() -> future.complete(otherwise.get()));
    Cancellable timer;
    try {
      timer = system.scheduler().scheduleOnce(delay, end, system.executionContext());
    } catch (IllegalStateException schedulerIsShutDown) {
      end.run();
      return future;
    }
    CompletableFuture<T> unused = future.whenComplete((value, failure) -> timer.cancel());
    return future;
  }

  /** Fails {@code future} with a {@link TimeoutException} instead. */
  public static <T> CompletableFuture<T> fail(
      ActorSystem<?> system, CompletableFuture<T> future, Duration after) {
    CompletableFuture<Boolean> over =
        complete(system, new CompletableFuture<>(), after, () -> true);
    CompletableFuture<Void> unused =
        over.thenRun(() -> future.completeExceptionally(new TimeoutException()));
    CompletableFuture<T> unusedToo = future.whenComplete((value, failure) -> over.cancel(false));
    return future;
  }
}

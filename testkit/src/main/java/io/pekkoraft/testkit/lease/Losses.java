package io.pekkoraft.testkit.lease;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.pekko.coordination.lease.javadsl.Lease;

/** Who is told when one acquisition is lost, and whether he was told out of order. */
final class Losses implements Consumer<Optional<Throwable>> {
  private static final long STAGE_KNOWN_WITHIN_SECONDS = 2;

  private final CompletableFuture<CompletionStage<Boolean>> acquisition = new CompletableFuture<>();
  private final Thread acquirer = Thread.currentThread();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger callsBeforeAcquisition = new AtomicInteger();

  /** Asks for the lease, to be told here of its loss. */
  CompletableFuture<Boolean> acquire(Lease lease) {
    CompletionStage<Boolean> stage = lease.acquire(this);
    acquisition.complete(stage);
    return stage.toCompletableFuture();
  }

  int calls() {
    return calls.get();
  }

  /** Calls that came before the acquisition had completed with true. */
  int callsBeforeAcquisition() {
    return callsBeforeAcquisition.get();
  }

  @Override
  public void accept(Optional<Throwable> cause) {
    if (!isAcquired()) {
      callsBeforeAcquisition.incrementAndGet();
    }
    calls.incrementAndGet();
  }

  /**
   * Told by another thread before {@code acquire} has returned here: perhaps only because this
   * thread was held up. The stage itself is asked, not one derived from it, which may be late.
   */
  private boolean isAcquired() {
    boolean inside = Thread.currentThread() == acquirer && !acquisition.isDone();
    try {
      return !inside
          && acquisition
              .get(STAGE_KNOWN_WITHIN_SECONDS, TimeUnit.SECONDS)
              .toCompletableFuture()
              .getNow(false);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      return false;
    } catch (RuntimeException failedAcquisition) {
      return false;
    }
  }
}

package io.pekkoraft.lease;

import io.pekkoraft.coordination.CoordinationLimits;
import io.pekkoraft.node.Deadlines;
import io.pekkoraft.node.TimeAndChance;
import io.pekkoraft.session.Session;
import io.pekkoraft.session.Session.Acquired;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.coordination.lease.LeaseException;
import org.apache.pekko.coordination.lease.LeaseSettings;
import org.apache.pekko.coordination.lease.LeaseTimeoutException;
import org.apache.pekko.coordination.lease.javadsl.Lease;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.ExecutionContextExecutor;

/**
 * A lease that the leader of the coordination group grants, with a time to live. Pekko creates it
 * where a configuration names this class as {@code lease-class}, such as {@code pekko-raft.lease};
 * {@code docs/lease.md} says what it promises.
 *
 * <p>Safe to use from any thread; nothing blocks. Operations of one lease run one after another, in
 * the order they were asked for, and each ends within the operation timeout of its own call.
 * Callbacks and stages are run on Pekko's internal dispatcher.
 */
public final class RaftLease extends Lease {
  private static final Logger LOG = LoggerFactory.getLogger(RaftLease.class);

  private final LeaseSettings settings;
  private final LeaseFailures failures;
  private final HeldLeases heldLeases;
  private final ExtendedActorSystem system;
  private final ExecutionContextExecutor executor;
  private final TimeAndChance clock;
  private final String name;
  private final Duration timeToLive;
  private final long timeoutNanos;

  /** There before anything is held. */
  private volatile @Nullable Session started;

  private final CompletableFuture<Session> starting;

  /** What may be acted on, for {@link #checkLease}; 0 for nothing. */
  private volatile long token;

  // Guarded by this.
  private @Nullable Acquisition held;
  private CompletionStage<?> lastOperation;
  private long acquireCalls;
  private long resignedCalls;

  /**
   * As Pekko's lease provider calls it, perhaps more than once for one lease.
   *
   * @throws RuntimeException if the lease or the group behind it is not configured, or wrongly; the
   *     message names the key
   */
  public RaftLease(LeaseSettings settings, ExtendedActorSystem system) {
    this(settings, system, LeaseSession.of(system));
  }

  RaftLease(LeaseSettings settings, ExtendedActorSystem system, CompletionStage<Session> starting) {
    LeaseTimes.check(settings.leaseConfig(), system.settings().config().getConfig("pekko-raft"));
    CoordinationLimits.checkOwner(settings.ownerName());
    this.settings = settings;
    this.failures = new LeaseFailures(settings);
    this.system = system;
    heldLeases = HeldLeases.of(system);
    executor = system.dispatchers().internalDispatcher();
    clock = TimeAndChance.of(Adapter.toTyped(system));
    name = LeaseNames.inGroup(settings.leaseName());
    timeToLive = settings.timeoutSettings().getHeartbeatTimeout();
    timeoutNanos = settings.timeoutSettings().getOperationTimeout().toNanos();
    this.starting = starting.toCompletableFuture();
    lastOperation = starting.thenAccept(session -> started = session);
  }

  /** Only for operations, which begin when the session is there, and fail if it cannot be. */
  private Session session() {
    return Objects.requireNonNull(starting.getNow(null), "no operation begins before");
  }

  @Override
  public LeaseSettings getSettings() {
    return settings;
  }

  /**
   * True if this lease is held for certain at this instant: it was granted, and its time is not
   * over. One volatile read and the clock.
   */
  @Override
  public boolean checkLease() {
    long acquired = token;
    Session present = started;
    return acquired != 0 && present != null && present.holds(name, acquired);
  }

  /** As {@link #acquire(Consumer)}, and who was to be told of a loss still is. */
  @Override
  public CompletionStage<Boolean> acquire() {
    return ask(null);
  }

  /**
   * Asks for the lease.
   *
   * @param leaseLost called at most once, with the cause, after the stage was completed with true,
   *     when the lease is over other than by {@link #release}. If the lease is held already, it
   *     takes the place of the one given before
   * @return true: held, also if it was before; false: certainly not; failed with a {@link
   *     LeaseTimeoutException}: nobody can say, and if it is granted later it is given back
   */
  @Override
  public CompletionStage<Boolean> acquire(Consumer<Optional<Throwable>> leaseLost) {
    return ask(leaseLost);
  }

  private CompletionStage<Boolean> ask(@Nullable Consumer<Optional<Throwable>> leaseLost) {
    Acquisition acquisition;
    synchronized (this) {
      acquireCalls++;
      acquisition = new Acquisition(leaseLost, acquireCalls, clock.monotonicNanos() + timeoutNanos);
    }
    inOrder(acquisition.result, () -> start(acquisition));
    return acquisition.result.minimalCompletionStage();
  }

  /**
   * Gives the lease back. From the call on {@link #checkLease} is false.
   *
   * @return true: certainly not held any more, also if it was not before; failed with a {@link
   *     LeaseTimeoutException}: nobody can say, and giving it back goes on until it has succeeded
   *     or the lease is asked for again
   */
  @Override
  public CompletionStage<Boolean> release() {
    long deadline = clock.monotonicNanos() + timeoutNanos;
    CompletableFuture<Boolean> result = new CompletableFuture<>();
    long calls;
    synchronized (this) {
      calls = acquireCalls;
      resign();
    }
    inOrder(result, () -> release(deadline, calls, result));
    return result.minimalCompletionStage();
  }

  private synchronized void inOrder(
      CompletableFuture<?> result, Supplier<CompletionStage<?>> operation) {
    lastOperation =
        lastOperation
            .handleAsync((ended, failure) -> operation.get(), executor)
            .thenCompose(stage -> stage)
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    result.completeExceptionally(failures.unknown("failed", failure));
                  }
                });
  }

  // --- acquire

  private CompletionStage<?> start(Acquisition acquisition) {
    if (holdAgain(acquisition)) {
      acquisition.succeed();
      return CompletableFuture.completedStage(null);
    }
    checkLapse();
    return request(acquisition);
  }

  /** The owner asks again for what it holds. */
  private synchronized boolean holdAgain(Acquisition acquisition) {
    Acquisition present = held;
    if (present == null || !checkLease()) {
      return false;
    }
    acquisition.token = present.token;
    if (acquisition.leaseLost == null) {
      acquisition.leaseLost = present.leaseLost;
    }
    present.over = true;
    held = acquisition;
    return true;
  }

  private CompletionStage<?> request(Acquisition acquisition) {
    long remaining = remaining(acquisition);
    if (remaining <= 0) {
      acquisition.fail(failures.timedOut("waited for an earlier call that is over"));
      return CompletableFuture.completedStage(null);
    }
    return request(acquisition, remaining);
  }

  private long remaining(Acquisition acquisition) {
    return acquisition.deadline - clock.monotonicNanos();
  }

  private CompletionStage<?> request(Acquisition acquisition, long remaining) {
    return session()
        .acquire(
            name,
            settings.ownerName(),
            timeToLive,
            Duration.ofNanos(remaining),
            cause -> lose(acquisition, cause))
        .handleAsync((acquired, failure) -> answered(acquisition, acquired, failure), executor)
        .thenCompose(stage -> stage);
  }

  private CompletionStage<?> answered(
      Acquisition acquisition, @Nullable Acquired acquired, @Nullable Throwable failure) {
    if (acquired instanceof Acquired.Granted granted) {
      hold(acquisition, granted.token());
    } else if (acquired instanceof Acquired.HeldBy heldBy) {
      return refused(acquisition, heldBy.owner());
    } else {
      String why = acquired instanceof Acquired.Unknown unknown ? unknown.reason() : "";
      acquisition.fail(failures.unknown("it is unknown whether it is held: " + why, failure));
      giveBack(acquisition.number);
    }
    return CompletableFuture.completedStage(null);
  }

  private void hold(Acquisition acquisition, long granted) {
    synchronized (this) {
      acquisition.token = granted;
      if (acquisition.number <= resignedCalls) {
        acquisition.over = true;
      } else if (acquisition.cause == null) {
        held = acquisition;
        token = granted;
        heldLeases.add(this);
      }
    }
    acquisition.succeed();
  }

  /** Our own name, of another session: an earlier life of ours, whose lease nobody renews. */
  private CompletionStage<?> refused(Acquisition acquisition, String owner) {
    long pause = Math.min(TimeUnit.MILLISECONDS.toNanos(200), timeoutNanos / 10);
    boolean mayBeOver = remaining(acquisition) > 2 * pause;
    if (owner.equals(settings.ownerName()) && mayBeOver) {
      return after(Duration.ofNanos(pause)).thenCompose(over -> requestAgain(acquisition, owner));
    }
    return heldBy(acquisition, owner);
  }

  /** A pause can take longer than it should: what is known by then is still the answer. */
  private CompletionStage<?> requestAgain(Acquisition acquisition, String owner) {
    long remaining = remaining(acquisition);
    return remaining > 0 ? request(acquisition, remaining) : heldBy(acquisition, owner);
  }

  private CompletionStage<?> heldBy(Acquisition acquisition, String owner) {
    LOG.debug("lease {} is held by {}", name, owner);
    acquisition.result.complete(false);
    return CompletableFuture.completedStage(null);
  }

  // --- the end of a lease

  /** Reports the lease lost if its time is over. Called all the time while it is held. */
  void checkLapse() {
    Acquisition present;
    synchronized (this) {
      present = held;
      if (present == null || checkLease()) {
        return;
      }
    }
    String reason = session().reason();
    lose(present, "its time is over" + (reason.isEmpty() ? "" : ", " + reason));
    // The leader may be heard again, know nothing of this, and let us have it.
    giveBack(present.number);
  }

  private void lose(Acquisition acquisition, String cause) {
    Acquisition lost = acquisition;
    synchronized (this) {
      Acquisition present = held;
      if (present != null && present.token == acquisition.token) {
        lost = present;
        putDown();
      }
      if (lost.cause == null) {
        lost.cause = cause;
      }
    }
    executor.execute(lost::tell);
  }

  /** What is held, or was asked for up to now, is not wanted any more, and so cannot be lost. */
  private synchronized void resign() {
    resignedCalls = acquireCalls;
    Acquisition present = held;
    if (present != null) {
      present.over = true;
      putDown();
    }
  }

  private synchronized void putDown() {
    held = null;
    token = 0;
    heldLeases.remove(this);
  }

  private CompletionStage<?> release(long deadline, long calls, CompletableFuture<Boolean> result) {
    long remaining = Math.max(1, deadline - clock.monotonicNanos());
    return session()
        .release(name, settings.ownerName(), Duration.ofNanos(remaining))
        .handleAsync((certain, failure) -> released(certain, failure, calls, result), executor);
  }

  private boolean released(
      @Nullable Boolean certain,
      @Nullable Throwable failure,
      long calls,
      CompletableFuture<Boolean> result) {
    if (Boolean.TRUE.equals(certain)) {
      return result.complete(true);
    }
    String why = "it is unknown whether it is given back: " + session().reason();
    result.completeExceptionally(failures.unknown(why, failure));
    giveBack(calls);
    return false;
  }

  /**
   * Gives back what nobody here believes to hold, so that it does not live on with this process:
   * again and again, until that is certain or the lease is wanted again.
   *
   * @param calls how many acquisitions there had been; one more, and it is wanted
   */
  private void giveBack(long calls) {
    // Short, as an acquisition would have to wait for it.
    Duration timeout = Duration.ofNanos(Math.min(timeoutNanos / 4, 1_000_000_000));
    inOrder(new CompletableFuture<>(), () -> giveBack(calls, timeout));
  }

  private CompletionStage<?> giveBack(long calls, Duration timeout) {
    if (isWanted(calls) || system.whenTerminated().isCompleted()) {
      return CompletableFuture.completedStage(null);
    }
    return session()
        .release(name, settings.ownerName(), timeout)
        .whenComplete(
            (certain, failure) -> {
              if (!Boolean.TRUE.equals(certain)) {
                giveBackLater(calls, timeout);
              }
            });
  }

  private void giveBackLater(long calls, Duration pause) {
    try {
      system.scheduler().scheduleOnce(pause, () -> giveBack(calls), executor);
    } catch (IllegalStateException schedulerIsShutDown) {
      LOG.debug("lease {} is not given back: the actor system is ending", name);
    }
  }

  private synchronized boolean isWanted(long calls) {
    return acquireCalls != calls;
  }

  /** At once if the actor system ends. */
  private CompletableFuture<Done> after(Duration pause) {
    return Deadlines.complete(
        Adapter.toTyped(system), new CompletableFuture<>(), pause, Done::done);
  }

  /** One call of acquire, and the lease that it brought. */
  private final class Acquisition {
    private final CompletableFuture<Boolean> result = new CompletableFuture<>();
    private final long number;
    private final long deadline;

    // Guarded by the lease.
    private @Nullable Consumer<Optional<Throwable>> leaseLost;
    private long token;
    private @Nullable String cause;
    private boolean succeeded;
    private boolean over;

    private Acquisition(
        @Nullable Consumer<Optional<Throwable>> leaseLost, long number, long deadline) {
      this.leaseLost = leaseLost;
      this.number = number;
      this.deadline = deadline;
    }

    private void fail(LeaseException failure) {
      result.completeExceptionally(failure);
    }

    private void succeed() {
      result.complete(true);
      synchronized (RaftLease.this) {
        succeeded = true;
      }
      tell();
    }

    /** Tells of the loss, if there is one and the caller knows that there was a lease. */
    private void tell() {
      String lost = toTell();
      if (lost == null) {
        return;
      }
      LOG.warn("lease {} of {} is lost: {}", name, settings.ownerName(), lost);
      Consumer<Optional<Throwable>> listener = leaseLost;
      if (listener == null) {
        return;
      }
      try {
        listener.accept(Optional.of(failures.lost(lost)));
      } catch (RuntimeException e) {
        LOG.error("who was told that lease {} is lost failed", name, e);
      }
    }

    private @Nullable String toTell() {
      synchronized (RaftLease.this) {
        if (!succeeded || over || cause == null) {
          return null;
        }
        over = true;
        return cause;
      }
    }
  }
}

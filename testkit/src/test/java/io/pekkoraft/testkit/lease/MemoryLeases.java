package io.pekkoraft.testkit.lease;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.pekko.coordination.lease.LeaseException;
import org.apache.pekko.coordination.lease.LeaseSettings;
import org.apache.pekko.coordination.lease.LeaseTimeoutException;
import org.apache.pekko.coordination.lease.javadsl.Lease;
import org.jspecify.annotations.Nullable;

/**
 * Leases in memory that keep the contract, unless they are given a fault: the backend is a map, and
 * its clients renew what they hold on a clock's beat. Time is counted by the same beat: a machine
 * that holds up all of it takes no lease from anybody.
 */
final class MemoryLeases implements LeaseHarness, AutoCloseable {

  /** What an implementation can get wrong. */
  enum Fault {
    NONE,
    GRANTS_TO_ALL,
    IGNORES_THE_OWN_CLOCK,
    TELLS_BEFORE_THE_ACQUISITION,
    TELLS_TWICE,
    TELLS_NEVER,
    TELLS_OF_A_RELEASE,
    CHECKS_BY_ASKING,
    SAYS_NO_FOR_UNKNOWN,
    SAYS_RELEASED_FOR_UNKNOWN,
    LETS_ANYBODY_RELEASE,
    REFUSES_ITS_OWNER,
    CANNOT_BE_HAD_AGAIN
  }

  private static final Duration BEAT = Duration.ofMillis(10);
  private static final Duration TIME_TO_LIVE = Duration.ofMillis(400);
  private static final Duration OPERATION_TIMEOUT = Duration.ofSeconds(1);
  private static final CountDownLatch NEVER = new CountDownLatch(1);

  private record Grant(MemoryLease holder, long endNanos) {}

  private final Fault fault;
  private final ScheduledExecutorService beat = Executors.newSingleThreadScheduledExecutor();
  private final Map<String, Grant> backend = new ConcurrentHashMap<>();
  private final Map<String, MemoryLease> leases = new ConcurrentHashMap<>();
  private final ScheduledFuture<?> renewal;
  private final AtomicLong now = new AtomicLong();
  private final Set<Side> cutOff = EnumSet.noneOf(Side.class);

  MemoryLeases(Fault fault) {
    this.fault = fault;
    renewal =
        beat.scheduleWithFixedDelay(
            this::beat, BEAT.toMillis(), BEAT.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public Lease lease(Side side, String name, String owner) {
    return leases.computeIfAbsent(
        side + " " + name + " " + owner, key -> new MemoryLease(side, name, owner));
  }

  @Override
  public synchronized void cutOff(Side side) {
    cutOff.add(side);
  }

  @Override
  public synchronized void reconnect(Side side) {
    cutOff.remove(side);
  }

  private void beat() {
    now.addAndGet(BEAT.toNanos());
    leases.values().forEach(MemoryLease::renew);
  }

  private synchronized boolean reaches(Side side) {
    return !cutOff.contains(side);
  }

  @Override
  public Duration timeToLive() {
    return TIME_TO_LIVE;
  }

  @Override
  public Duration operationTimeout() {
    return OPERATION_TIMEOUT;
  }

  @Override
  public void close() {
    renewal.cancel(true);
    beat.shutdownNow();
  }

  private synchronized boolean grant(MemoryLease asking, long present) {
    Grant grant = backend.get(asking.settings.leaseName());
    boolean free = grant == null || present - grant.endNanos > 0;
    boolean own = grant != null && grant.holder == asking && fault != Fault.REFUSES_ITS_OWNER;
    if (!free && !own && fault != Fault.GRANTS_TO_ALL) {
      return false;
    }
    backend.put(asking.settings.leaseName(), new Grant(asking, present + TIME_TO_LIVE.toNanos()));
    return true;
  }

  private synchronized void free(MemoryLease asking) {
    backend.computeIfPresent(
        asking.settings.leaseName(),
        (name, grant) ->
            grant.holder == asking || fault == Fault.LETS_ANYBODY_RELEASE ? null : grant);
  }

  private final class MemoryLease extends Lease {
    private final Side side;
    private final LeaseSettings settings;
    private volatile long endNanos;
    private volatile boolean held;
    private volatile boolean wasLost;
    private @Nullable Consumer<Optional<Throwable>> leaseLost;

    private MemoryLease(Side side, String name, String owner) {
      this.side = side;
      settings =
          LeaseSettings.apply(
              ConfigFactory.defaultReference().getConfig("pekko.coordination.lease"), name, owner);
    }

    @Override
    public LeaseSettings getSettings() {
      return settings;
    }

    @Override
    public CompletionStage<Boolean> acquire() {
      return acquire(cause -> {});
    }

    @Override
    public CompletionStage<Boolean> acquire(Consumer<Optional<Throwable>> whenLost) {
      if (fault == Fault.TELLS_BEFORE_THE_ACQUISITION) {
        whenLost.accept(Optional.empty());
      }
      if (!reaches(side)) {
        return fault == Fault.SAYS_NO_FOR_UNKNOWN
            ? CompletableFuture.completedStage(false)
            : unanswered();
      }
      return CompletableFuture.completedStage(ask(whenLost));
    }

    private synchronized boolean ask(Consumer<Optional<Throwable>> whenLost) {
      long present = now.get();
      if (!grant(this, present) || (wasLost && fault == Fault.CANNOT_BE_HAD_AGAIN)) {
        return false;
      }
      leaseLost = whenLost;
      endNanos = present + TIME_TO_LIVE.toNanos();
      held = true;
      return true;
    }

    @Override
    public synchronized CompletionStage<Boolean> release() {
      boolean told = held && fault == Fault.TELLS_OF_A_RELEASE;
      held = false;
      if (told) {
        tell();
      }
      if (!reaches(side)) {
        return fault == Fault.SAYS_RELEASED_FOR_UNKNOWN
            ? CompletableFuture.completedStage(true)
            : unanswered();
      }
      free(this);
      return CompletableFuture.completedStage(true);
    }

    @Override
    public boolean checkLease() {
      if (fault == Fault.CHECKS_BY_ASKING && !reaches(side)) {
        await(OPERATION_TIMEOUT);
      }
      return held && (fault == Fault.IGNORES_THE_OWN_CLOCK || now.get() - endNanos < 0);
    }

    private synchronized void renew() {
      if (!held) {
        return;
      }
      long present = now.get();
      if (reaches(side) && present - endNanos < 0 && grant(this, present)) {
        endNanos = present + TIME_TO_LIVE.toNanos();
      } else if (present - endNanos >= 0 && fault != Fault.IGNORES_THE_OWN_CLOCK) {
        held = false;
        wasLost = true;
        tell();
      }
    }

    private synchronized void tell() {
      if (leaseLost != null && fault != Fault.TELLS_NEVER) {
        leaseLost.accept(Optional.of(new LeaseException("lost")));
        if (fault == Fault.TELLS_TWICE) {
          leaseLost.accept(Optional.empty());
        }
      }
    }

    private CompletionStage<Boolean> unanswered() {
      CompletableFuture<Boolean> never = new CompletableFuture<>();
      ScheduledFuture<?> unused =
          beat.schedule(
              () -> never.completeExceptionally(new LeaseTimeoutException("no answer")),
              OPERATION_TIMEOUT.toMillis(),
              TimeUnit.MILLISECONDS);
      return never;
    }
  }

  private static void await(Duration time) {
    try {
      boolean unused = NEVER.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }
}

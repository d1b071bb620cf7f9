package io.pekkoraft.testkit.lease;

import static io.pekkoraft.testkit.lease.LeaseHarness.Side.LEFT;
import static io.pekkoraft.testkit.lease.LeaseHarness.Side.RIGHT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.pekkoraft.testkit.lease.LeaseHarness.Side;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.pekko.coordination.lease.LeaseException;
import org.apache.pekko.coordination.lease.javadsl.Lease;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What Pekko demands of an implementation of {@code
 * org.apache.pekko.coordination.lease.javadsl.Lease}, and what those who use leases rely on. To
 * test an implementation, extend this with a class that is found as a test, and provide the {@link
 * LeaseHarness}.
 *
 * <p>The words are those of Pekko's documentation on implementing a lease: <i>acquire</i> ends with
 * true, with false if the lease is certainly not acquired, and fails if that is unknown;
 * <i>checkLease</i> is true only if the lease is held for certain, and does not block; the
 * <i>leaseLost</i> callback comes only after the acquisition has completed.
 */
@SuppressWarnings("MemberName") // the sentences of a test
public abstract class LeaseContract {
  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final CountDownLatch NEVER = new CountDownLatch(1);
  private static final int CHECKING_THREADS = 8;

  private final List<Losses> allLosses = new ArrayList<>();
  private final String name = "contract-" + NAMES.incrementAndGet();

  /** For subclasses. */
  protected LeaseContract() {}

  /** The implementation, ready, both sides connected; may be the same for all tests. */
  protected abstract LeaseHarness harness();

  /** How long anything that must happen in the end is waited for. */
  protected Duration patience() {
    return Duration.ofSeconds(40);
  }

  /** How often each of two owners gets the lease that both want. */
  protected int rounds() {
    return 30;
  }

  /** One that was cut off in the test before is not served at once. */
  @BeforeEach
  protected final void bothAreServed() {
    reconnectAndUse(LEFT);
    reconnectAndUse(RIGHT);
  }

  @AfterEach
  protected final void reconnectBoth() {
    reconnect(LEFT);
    reconnect(RIGHT);
  }

  @AfterEach
  protected final void nobodyWasToldOfALossOutOfOrder() {
    synchronized (allLosses) {
      for (Losses losses : allLosses) {
        assertEquals(
            0, losses.callsBeforeAcquisition(), "leaseLost was called before the acquisition");
        assertTrue(losses.calls() <= 1, "leaseLost was called " + losses.calls() + " times");
      }
    }
  }

  @Test
  public void a_free_lease_is_granted() {
    Lease lease = left("a");
    assertFalse(lease.checkLease());
    assertTrue(acquire(lease));
    assertTrue(lease.checkLease());
  }

  @Test
  public void its_owner_gets_it_again() {
    Lease lease = left("a");
    assertTrue(acquire(lease));
    assertTrue(acquire(lease));
    assertTrue(result(lease.acquire().toCompletableFuture()));
    assertTrue(lease.checkLease());
  }

  @Test
  public void nobody_else_gets_it() {
    assertTrue(acquire(left("a")));
    for (Lease other : List.of(left("b"), right("c"))) {
      Losses losses = losses();
      assertFalse(result(losses.acquire(other)));
      assertFalse(other.checkLease());
      assertEquals(0, losses.calls(), "told of the loss of what was refused");
    }
    assertTrue(left("a").checkLease());
  }

  @Test
  public void leases_of_different_names_are_independent() {
    assertTrue(acquire(left("a")));
    Lease other = harness().lease(RIGHT, name + "-other", "b");
    assertTrue(acquire(other));
    assertTrue(result(other.release().toCompletableFuture()));
    assertTrue(left("a").checkLease());
  }

  @Test
  public void what_is_released_can_be_taken_over() {
    Lease lease = left("a");
    Losses losses = losses();
    assertTrue(result(losses.acquire(lease)));
    CompletableFuture<Boolean> released = lease.release().toCompletableFuture();
    assertTrue(result(released));
    assertFalse(lease.checkLease());
    assertTrue(acquire(right("b")));
    assertFalse(acquire(lease));
    assertEquals(0, losses.calls(), "told of a loss after a release");
  }

  @Test
  public void releasing_what_is_not_held_takes_it_from_nobody() {
    assertTrue(acquire(left("a")));
    ending(right("b").release().toCompletableFuture());
    assertTrue(left("a").checkLease());
    assertFalse(acquire(right("b")));

    Lease unknown = harness().lease(RIGHT, name + "-never-acquired", "b");
    ending(unknown.release().toCompletableFuture());
    assertFalse(unknown.checkLease());
    assertTrue(acquire(unknown));
  }

  @Test
  public void a_silent_holder_loses_it_and_is_told_once() {
    Losses losses = losses();
    assertTrue(result(losses.acquire(left("a"))));
    harness().cutOff(LEFT);
    acquireInTheEnd(right("b"));
    assertFalse(left("a").checkLease(), "two hold it");
    until("the holder is told", () -> losses.calls() > 0);
    reconnectAndUse(LEFT);
    assertFalse(left("a").checkLease());
    assertTrue(right("b").checkLease());
    assertFalse(acquire(left("a")));
    assertEquals(1, losses.calls());
  }

  @Test
  public void a_lost_lease_can_be_had_again() {
    Lease lease = left("a");
    Losses first = losses();
    assertTrue(result(first.acquire(lease)));
    harness().cutOff(LEFT);
    until("the holder is told", () -> first.calls() > 0);
    assertFalse(lease.checkLease());
    reconnectAndUse(LEFT);

    Losses second = acquireInTheEnd(lease);
    assertTrue(lease.checkLease());
    harness().cutOff(LEFT);
    until("the holder is told again", () -> second.calls() > 0);
    assertEquals(1, first.calls());
  }

  @Test
  public void cut_off_while_acquiring_it_is_told_of_a_loss_only_if_it_was_acquired() {
    Losses losses = losses();
    CompletableFuture<Boolean> acquisition = losses.acquire(left("a"));
    harness().cutOff(LEFT);
    if (ending(acquisition)) {
      until("the holder is told", () -> losses.calls() > 0);
    }
    acquireInTheEnd(right("b"));
    assertFalse(left("a").checkLease());
    reconnectAndUse(LEFT);
    assertTrue(right("b").checkLease());
    assertEquals(ending(acquisition) ? 1 : 0, losses.calls());
  }

  @Test
  public void no_answer_is_neither_yes_nor_no() {
    Lease lease = left("a");
    harness().cutOff(LEFT);
    Losses losses = losses();
    assertInstanceOf(LeaseException.class, failure(losses.acquire(lease)));
    assertFalse(lease.checkLease());
    reconnectAndUse(LEFT);
    assertEquals(0, losses.calls());
    acquireInTheEnd(lease);
    assertTrue(lease.checkLease());
  }

  @Test
  public void a_release_without_an_answer_is_no_success() {
    Lease lease = left("a");
    Losses losses = losses();
    assertTrue(result(losses.acquire(lease)));
    harness().cutOff(LEFT);
    assertFalse(ending(lease.release().toCompletableFuture()), "nobody can have confirmed it");
    acquireInTheEnd(right("b"));
    assertFalse(lease.checkLease());
    reconnectAndUse(LEFT);
    assertTrue(right("b").checkLease());
  }

  @Test
  public void checking_never_blocks() throws InterruptedException {
    Lease held = left("a");
    assertTrue(acquire(held));
    harness().cutOff(LEFT);
    long limit = Math.min(TimeUnit.SECONDS.toNanos(1), harness().operationTimeout().toNanos() / 2);
    long nanos = slowestCheck(held);
    if (nanos >= limit) {
      nanos = slowestCheck(held); // What blocks does so again; a busy machine hardly twice.
    }
    assertTrue(nanos < limit, "checkLease blocked for " + nanos / 1_000_000 + " ms");
  }

  private long slowestCheck(Lease held) throws InterruptedException {
    Lease asking = harness().lease(LEFT, name + "-asking", "a");
    CompletableFuture<Boolean> acquisition = losses().acquire(asking);
    ExecutorService threads = Executors.newFixedThreadPool(CHECKING_THREADS, this::daemon);
    try {
      List<Future<Long>> all = new ArrayList<>();
      for (int i = 0; i < CHECKING_THREADS; i++) {
        all.add(threads.submit(() -> slowestCheck(List.of(held, asking), acquisition)));
      }
      long slowest = 0;
      for (Future<Long> one : all) {
        slowest = Math.max(slowest, value(one));
      }
      return slowest;
    } finally {
      threads.shutdownNow();
    }
  }

  /** The longest that one check takes while the backend gives no answer to anything. */
  private static long slowestCheck(List<Lease> leases, CompletableFuture<?> pending) {
    long slowest = 0;
    while (!pending.isDone()) {
      for (Lease lease : leases) {
        long begin = System.nanoTime();
        boolean unused = lease.checkLease();
        slowest = Math.max(slowest, System.nanoTime() - begin);
      }
      pause();
    }
    return slowest;
  }

  @Test
  public void two_owners_never_hold_it_at_once() throws InterruptedException {
    Possessions possessions = new Possessions();
    ExecutorService threads = Executors.newFixedThreadPool(2, this::daemon);
    try {
      Future<?> one = threads.submit(() -> contend(LEFT, "a", possessions));
      Future<?> other = threads.submit(() -> contend(RIGHT, "b", possessions));
      value(one);
      value(other);
    } finally {
      threads.shutdownNow();
    }
    possessions.overlap().ifPresent(overlap -> fail(overlap));
    assertTrue(possessions.count("a") > 0 && possessions.count("b") > 0, "one never had it");
  }

  /** Has the lease again and again, for a moment each time; now and then it falls silent. */
  private void contend(Side side, String owner, Possessions possessions) {
    Lease lease = harness().lease(side, name, owner);
    for (int round = 0; round < rounds(); round++) {
      Losses losses = acquireInTheEnd(lease);
      Possessions.Observed observed = possessions.observe(owner);
      if (round % (rounds() / 2 + 1) == rounds() / 3) {
        harness().cutOff(side);
        hold(lease, observed, harness().timeToLive().multipliedBy(2));
        until("the holder is told", () -> losses.calls() > 0);
        reconnectAndUse(side);
      } else {
        hold(lease, observed, Duration.ofMillis(5L * (round % 5)));
        boolean unused = ending(lease.release().toCompletableFuture());
      }
    }
  }

  private static void hold(Lease lease, Possessions.Observed observed, Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (observed.check(lease) && System.nanoTime() < end) {
      pause();
    }
    observed.end();
  }

  // --- what the tests are told in

  private Lease left(String owner) {
    return harness().lease(LEFT, name, owner);
  }

  private Lease right(String owner) {
    return harness().lease(RIGHT, name, owner);
  }

  private Losses losses() {
    Losses losses = new Losses();
    synchronized (allLosses) {
      allLosses.add(losses);
    }
    return losses;
  }

  private boolean acquire(Lease lease) {
    return result(losses().acquire(lease));
  }

  /** Who is told of the loss of the acquisition that succeeded. */
  private Losses acquireInTheEnd(Lease lease) {
    Losses[] latest = {losses()};
    until(
        "it is acquired",
        () -> {
          latest[0] = losses();
          return ending(latest[0].acquire(lease));
        });
    return latest[0];
  }

  private void reconnect(Side side) {
    harness().reconnect(side);
  }

  /** Until the side is served again, whatever that takes. */
  private void reconnectAndUse(Side side) {
    reconnect(side);
    acquireInTheEnd(harness().lease(side, "probe-" + NAMES.incrementAndGet(), "probe"));
  }

  private boolean result(CompletableFuture<Boolean> operation) {
    try {
      return operation.get(patience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("the backend can be reached", e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("no end of an operation", e);
    }
  }

  /** True only if the operation succeeded; false also if it failed. */
  private boolean ending(CompletableFuture<Boolean> operation) {
    try {
      return operation.get(patience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      return false;
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("no end of an operation", e);
    }
  }

  private Throwable failure(CompletableFuture<Boolean> operation) {
    try {
      boolean result = operation.get(patience().toMillis(), TimeUnit.MILLISECONDS);
      throw new AssertionError("nobody can know, but the answer was " + result);
    } catch (ExecutionException e) {
      return e.getCause() == null ? e : e.getCause();
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("no end of an operation", e);
    }
  }

  private <T> T value(Future<T> task) throws InterruptedException {
    try {
      return task.get(2 * patience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("no end", e);
    }
  }

  private void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + patience().toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "not within " + patience().toSeconds() + " s: " + what);
      pause();
    }
  }

  private static void pause() {
    try {
      boolean unused = NEVER.await(5, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  private Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "lease-contract");
    thread.setDaemon(true);
    return thread;
  }
}

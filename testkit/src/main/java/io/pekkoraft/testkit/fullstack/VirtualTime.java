package io.pekkoraft.testkit.fullstack;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import scala.concurrent.BlockContext;
import scala.concurrent.CanAwait;

/**
 * The one thread of the world, and its time. What is ready runs at the present instant, in an order
 * that the seed draws, as threads might; when nothing is ready, time jumps to whatever is next.
 */
final class VirtualTime {
  /** So many steps without time going on are a loop. */
  private static final long MOST_AT_ONE_INSTANT = 2_000_000;

  private static final String ELSEWHERE =
      "another thread than the test's told an actor something, so this is not the run of a seed:"
          + " code that starts threads, or a callback behind a CompletionStage that Pekko made of a"
          + " Scala future (an ask in Java's words), which runs on a thread of the JVM";

  /** Something that happens at an instant; those of one instant keep their order. */
  private record Due(long nanos, long sequence, Runnable what) {}

  private final SplittableRandom random;
  private final List<Runnable> ready = new ArrayList<>();
  private final PriorityQueue<Due> due =
      new PriorityQueue<>(
          (one, other) ->
              one.nanos != other.nanos
                  ? Long.compare(one.nanos, other.nanos)
                  : Long.compare(one.sequence, other.sequence));
  private BooleanSupplier stopped = () -> false;
  private boolean anyOrder = true;
  private long overtaken;
  private Thread thread = Thread.currentThread();
  private volatile boolean toldElsewhere;
  private long nowNanos;
  private long sequence;
  private long steps;
  private long stepsAtThisInstant;

  VirtualTime(SplittableRandom random) {
    this.random = random;
  }

  /** Runs code in which whoever waits for a future lets all that is ready run meanwhile. */
  <T> T pumping(Supplier<T> code) {
    thread = Thread.currentThread();
    return BlockContext.withBlockContext(new Pumping(), code::get);
  }

  private final class Pumping implements BlockContext {
    @Override
    public <T> T blockOn(scala.Function0<T> thunk, CanAwait permission) {
      while (!ready.isEmpty()) {
        runOneReady();
      }
      return thunk.apply();
    }
  }

  /** Time stands still from when this becomes true. */
  void stopWhen(BooleanSupplier somethingIsWrong) {
    stopped = somethingIsWrong;
  }

  long nowNanos() {
    return nowNanos;
  }

  /** Whether what is ready runs in an order that the seed draws, or in that in which it came. */
  void setAnyOrder(boolean any) {
    anyOrder = any;
  }

  /** How many tasks ran before one that was ready earlier. */
  long overtaken() {
    return overtaken;
  }

  /** How many tasks and timers have run: mailboxes, futures, arrivals. */
  long steps() {
    return steps;
  }

  void ready(Runnable task) {
    if (Thread.currentThread() == thread) {
      ready.add(task);
    } else {
      toldElsewhere = true;
    }
  }

  void at(long nanos, Runnable what) {
    due.add(new Due(Math.max(nanos, nowNanos), sequence++, what));
  }

  void after(long nanos, Runnable what) {
    at(nowNanos + Math.max(0, nanos), what);
  }

  /** Runs the next thing that happens until {@code endNanos}; false if there is none. */
  boolean step(long endNanos) {
    if (toldElsewhere) {
      throw new AssertionError(ELSEWHERE);
    }
    if (stopped.getAsBoolean()) {
      return false;
    }
    if (!ready.isEmpty()) {
      runOneReady();
      return true;
    }
    Due next = due.peek();
    if (next == null || next.nanos > endNanos) {
      return false;
    }
    due.remove();
    if (next.nanos > nowNanos) {
      nowNanos = next.nanos;
      stepsAtThisInstant = 0;
    }
    count();
    next.what.run();
    return true;
  }

  void elapse(long nanos) {
    long end = nowNanos + nanos;
    pumping(
        () -> {
          runTo(end);
          return end;
        });
    nowNanos = end;
  }

  private void runTo(long end) {
    while (step(end)) {
      // one after another
    }
  }

  /** Runs until it is so, at most so long; asks at every step. */
  boolean await(BooleanSupplier condition, long atMostNanos) {
    long end = nowNanos + atMostNanos;
    return pumping(() -> awaitUntil(condition, end));
  }

  private boolean awaitUntil(BooleanSupplier condition, long end) {
    while (!condition.getAsBoolean()) {
      if (!step(end)) {
        nowNanos = end;
        return condition.getAsBoolean();
      }
    }
    return true;
  }

  private void runOneReady() {
    int which = ready.size() == 1 || !anyOrder ? 0 : random.nextInt(ready.size());
    overtaken += which == 0 ? 0 : 1;
    Runnable task = ready.remove(which);
    count();
    task.run();
  }

  private void count() {
    steps++;
    stepsAtThisInstant++;
    if (stepsAtThisInstant > MOST_AT_ONE_INSTANT) {
      throw new AssertionError(
          "endless: " + MOST_AT_ONE_INSTANT + " steps, and no time has passed");
    }
  }
}

package io.pekkoraft.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many seeds on two threads. Of those that fail, one for each invariant is told, and the first is
 * shrunk.
 */
final class SeedRuns {
  private static final int THREADS = Integer.getInteger("raft.threads", 2);
  private static final int MOST_FAILURES = 5;
  private static final long SHRINKING_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final long first;
  private final long seeds;
  private final long durationNanos;
  private final Counters counters = new Counters();
  private final AtomicLong next;
  private long done;
  private long events;
  private long virtualNanos;
  private long operations;
  private long busyNanos;
  private final Map<String, Long> failedSeeds = new LinkedHashMap<>();

  /**
   * @param durationNanos goes on with further seeds for so long at least
   */
  SeedRuns(long first, long seeds, long durationNanos) {
    this.first = first;
    this.seeds = seeds;
    this.durationNanos = durationNanos;
    this.next = new AtomicLong(first);
  }

  /**
   * @throws AssertionError if a seed fails
   */
  void run() throws InterruptedException {
    long started = System.nanoTime();
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Thread worker = new Thread(() -> work(started));
      worker.start();
      workers.add(worker);
    }
    for (Thread worker : workers) {
      worker.join();
    }
    if (!failedSeeds.isEmpty()) {
      throw new AssertionError(report());
    }
  }

  private void work(long started) {
    for (long seed = next.getAndIncrement();
        seed < first + seeds || System.nanoTime() - started < durationNanos;
        seed = next.getAndIncrement()) {
      long before = System.nanoTime();
      try {
        FaultSwarm.Result result = FaultSwarm.run(seed, SwarmCommand.replay(seed));
        add(result, System.nanoTime() - before);
      } catch (Throwable failure) {
        fail(seed, failure);
      }
      if (hasFailedEnough()) {
        return;
      }
    }
  }

  private synchronized void add(FaultSwarm.Result result, long nanos) {
    done++;
    events += result.events();
    virtualNanos += result.virtualNanos();
    operations += result.operations();
    busyNanos += nanos;
    counters.addAll(result.counters());
  }

  private synchronized void fail(long seed, Throwable failure) {
    String invariant =
        failure instanceof InvariantViolation violation
            ? violation.invariant()
            : failure.toString();
    failedSeeds.putIfAbsent(invariant, seed);
  }

  private synchronized boolean hasFailedEnough() {
    return failedSeeds.size() >= MOST_FAILURES;
  }

  private String report() {
    StringBuilder report = new StringBuilder();
    failedSeeds.forEach(
        (invariant, seed) ->
            report.append("seed ").append(seed).append(": ").append(invariant).append('\n'));
    long seed = failedSeeds.values().iterator().next();
    Shrinker.Failure found = Shrinker.failure(Plan.of(seed), simulation -> {});
    if (found == null) {
      return report + "the first did not fail when it ran again";
    }
    Shrinker.Failure shrunk = new Shrinker(found, simulation -> {}, SHRINKING_NANOS).shrink();
    report.append("the first, from ").append(found.events()).append(" events, shrunk to ");
    report.append(shrunk.events()).append(" events and ");
    report.append(shrunk.plan().steps().size()).append(" steps:\n").append(shrunk.report());
    return report.append("\nbefore that:\n").append(found.report()).toString();
  }

  Counters counters() {
    return counters;
  }

  long seeds() {
    return done;
  }

  long events() {
    return events;
  }

  long virtualNanos() {
    return virtualNanos;
  }

  long operations() {
    return operations;
  }

  /** Events a second, of one thread. */
  long rate() {
    return Math.round(events / (busyNanos / 1e9));
  }
}

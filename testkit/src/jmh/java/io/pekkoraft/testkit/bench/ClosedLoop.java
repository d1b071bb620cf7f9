package io.pekkoraft.testkit.bench;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Puts a {@link Load} on a member: one thread of its own proposes, as many as may be unanswered,
 * and the next one whenever one is answered.
 */
final class ClosedLoop {
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
  private static final long PAUSE_AFTER_FAILURE_NANOS = 1_000_000;

  private final RaftGroup member;
  private final Load load;
  private final byte[] command;
  private final Semaphore free;
  private final LatencyHistogram latency = new LatencyHistogram();
  private final AtomicLong writes = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();

  private ClosedLoop(RaftGroup member, Load load) {
    this.member = member;
    this.load = load;
    this.command = new byte[load.payloadBytes()];
    this.free = new Semaphore(load.outstanding());
    new Random(1).nextBytes(command);
  }

  /** Returns when the time is over, or the writes are done, and everything is answered. */
  static LoadResult run(RaftGroup member, Load load) throws InterruptedException {
    return new ClosedLoop(member, load).run();
  }

  private LoadResult run() throws InterruptedException {
    long start = System.nanoTime();
    long end = start + TimeUnit.MILLISECONDS.toNanos(load.millis());
    long proposed = 0;
    long failuresSeen = 0;
    while (proposed - failures.get() < load.writes()) {
      if (!free.tryAcquire() && !free.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        break;
      }
      long now = System.nanoTime();
      if (now - end >= 0) {
        free.release();
        break;
      }
      if (failures.get() > failuresSeen) {
        failuresSeen = failures.get();
        LockSupport.parkNanos(PAUSE_AFTER_FAILURE_NANOS);
      }
      propose(now);
      proposed++;
    }
    free.acquire(load.outstanding());
    double seconds = (System.nanoTime() - start) / 1e9;
    return LoadResult.of(writes.get(), failures.get(), seconds, latency);
  }

  private void propose(long startNanos) {
    var unused =
        member
            .propose(command, REQUEST_TIMEOUT)
            .whenComplete(
                (outcome, impossible) -> {
                  if (outcome instanceof Outcome.Committed) {
                    latency.record(System.nanoTime() - startNanos);
                    writes.incrementAndGet();
                  } else {
                    failures.incrementAndGet();
                  }
                  free.release();
                });
  }
}

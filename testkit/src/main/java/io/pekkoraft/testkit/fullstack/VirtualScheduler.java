package io.pekkoraft.testkit.fullstack;

import com.typesafe.config.Config;
import java.io.Closeable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import org.apache.pekko.actor.AbstractScheduler;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.event.LoggingAdapter;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/**
 * Pekko's scheduler on the clock of a simulated machine. Made by Pekko, from {@code
 * pekko.scheduler.implementation}.
 */
public final class VirtualScheduler extends AbstractScheduler implements Closeable {
  private static final double MAX_FREQUENCY = 1e9;

  private final Life life = Life.current();
  private final Set<Timer> runAtTheEnd = new LinkedHashSet<>();
  private boolean closed;

  /** Called by Pekko. */
  public VirtualScheduler(Config config, LoggingAdapter log, ThreadFactory threadFactory) {}

  @Override
  @SuppressWarnings("deprecation") // the one method that has to be there; the new ones call it
  public Cancellable schedule(
      FiniteDuration initialDelay,
      FiniteDuration interval,
      Runnable runnable,
      ExecutionContext executor) {
    return start(new Timer(runnable, executor, Math.max(1, interval.toNanos())), initialDelay);
  }

  @Override
  public Cancellable scheduleOnce(
      FiniteDuration delay, Runnable runnable, ExecutionContext executor) {
    return start(new Timer(runnable, executor, 0), delay);
  }

  private Timer start(Timer timer, FiniteDuration delay) {
    if (closed) {
      throw new IllegalStateException("cannot enqueue after timer shutdown");
    }
    if (timer.runnable instanceof TaskRunOnClose) {
      runAtTheEnd.add(timer);
    }
    timer.arm(delay.toNanos());
    return timer;
  }

  @Override
  public double maxFrequency() {
    return MAX_FREQUENCY;
  }

  @Override
  public void close() {
    closed = true;
    List.copyOf(runAtTheEnd).forEach(Timer::fire);
  }

  private final class Timer implements Cancellable {
    private final Runnable runnable;
    private final ExecutionContext executor;
    private final long intervalNanos;
    private boolean cancelled;

    Timer(Runnable runnable, ExecutionContext executor, long intervalNanos) {
      this.runnable = runnable;
      this.executor = executor;
      this.intervalNanos = intervalNanos;
    }

    /**
     * @param ownNanos by the machine's clock
     */
    void arm(long ownNanos) {
      life.after(life.machine().virtualDuration(ownNanos), this::fire);
    }

    void fire() {
      if (cancelled || (closed && !runAtTheEnd.contains(this))) {
        return;
      }
      if (intervalNanos == 0) {
        cancel();
      } else {
        arm(intervalNanos);
      }
      executor.execute(runnable);
    }

    @Override
    public boolean cancel() {
      boolean first = !cancelled;
      cancelled = true;
      runAtTheEnd.remove(this);
      return first;
    }

    @Override
    public boolean isCancelled() {
      return cancelled;
    }
  }
}

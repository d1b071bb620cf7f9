package io.pekkoraft.testkit.fullstack;

import com.typesafe.config.Config;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/**
 * Makes the executors of all dispatchers of a simulated machine: what they are given runs on the
 * thread of the world. Made by Pekko, from a dispatcher's {@code executor}.
 */
public final class PumpedExecutors extends ExecutorServiceConfigurator {
  private final Life life = Life.current();

  /** Called by Pekko. */
  public PumpedExecutors(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
  }

  @Override
  public ExecutorServiceFactory createExecutorServiceFactory(
      String id, ThreadFactory threadFactory) {
    return () -> create(id);
  }

  private ExecutorService create(String id) {
    return life.machine().isDiskThread(id) ? new DiskThread(life) : new Pumped(life);
  }

  private static class Pumped extends AbstractExecutorService {
    final Life life;
    private boolean shutdown;

    Pumped(Life life) {
      this.life = life;
    }

    @Override
    public void execute(Runnable task) {
      if (shutdown) {
        throw new RejectedExecutionException("this executor is shut down");
      }
      start(task);
    }

    void start(Runnable task) {
      life.execute(task);
    }

    @Override
    public void shutdown() {
      shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
      shutdown = true;
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return shutdown;
    }

    @Override
    public boolean isTerminated() {
      return shutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }

  /** One task after another, each as late as the machine's disk is slow. */
  private static final class DiskThread extends Pumped {
    private long freeNanos;

    DiskThread(Life life) {
      super(life);
    }

    @Override
    void start(Runnable task) {
      long latency = life.machine().disk().latencyNanos();
      long now = life.time().nowNanos();
      if (latency == 0 && freeNanos <= now) {
        life.execute(task);
        return;
      }
      freeNanos = Math.max(freeNanos, now) + latency;
      life.after(freeNanos - now, task);
    }
  }
}

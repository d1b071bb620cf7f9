package io.pekkoraft.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The door between real threads and a run on virtual time: who asks in another thread waits here
 * until the run's own thread lets it in.
 */
final class Requests {
  private static final long LOOK_MILLIS = 2;

  private record Request(CompletableFuture<?> answer, Runnable begin) {}

  private final Cluster cluster;
  private final Thread owner = Thread.currentThread();
  private final BlockingQueue<Request> waiting = new LinkedBlockingQueue<>();
  private final List<CompletableFuture<?>> open = new ArrayList<>();

  Requests(Cluster cluster) {
    this.cluster = cluster;
  }

  /** From any thread: at once in the run's own, else as soon as that looks. */
  void enter(CompletableFuture<?> answer, Runnable begin) {
    if (Thread.currentThread() == owner) {
      begin(new Request(answer, begin));
    } else {
      waiting.add(new Request(answer, begin));
    }
  }

  private void begin(Request request) {
    open.add(request.answer());
    request.begin().run();
  }

  /** Lets in what waits. */
  void look() {
    for (Request next = waiting.poll(); next != null; next = waiting.poll()) {
      begin(next);
    }
  }

  /**
   * Runs something that waits for real threads, in one of its own, and meanwhile serves what they
   * ask. Virtual time passes only while a request is open.
   *
   * @param limit of real time
   */
  <T> T serving(Callable<T> blocking, Duration limit) {
    FutureTask<T> task = new FutureTask<>(blocking);
    Thread thread = new Thread(task, "waits-for-a-simulated-cluster");
    thread.setDaemon(true);
    thread.start();
    long end = System.nanoTime() + limit.toNanos();
    try {
      while (!task.isDone()) {
        Request next = waiting.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        if (next != null) {
          begin(next);
          look();
          answerAll();
        }
        if (System.nanoTime() - end > 0) {
          throw new AssertionError("it still waited after " + limit.toMillis() + " ms");
        }
      }
      return task.get(0, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } catch (TimeoutException e) {
      throw new AssertionError("a task that is done has its result", e);
    } catch (ExecutionException e) {
      throw failed(e.getCause());
    } finally {
      task.cancel(true);
    }
  }

  private static Error failed(@Nullable Throwable cause) {
    return cause instanceof Error error ? error : new AssertionError("it failed: " + cause, cause);
  }

  private void answerAll() {
    cluster.await(
        "an answer to each request",
        Duration.ofMinutes(1),
        () -> {
          look();
          open.removeIf(CompletableFuture::isDone);
          return open.isEmpty();
        });
  }
}

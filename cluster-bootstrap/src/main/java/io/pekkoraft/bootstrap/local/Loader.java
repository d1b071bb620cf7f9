package io.pekkoraft.bootstrap.local;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Writes keys, many at a time, until each is acknowledged: at least once. Goes on over changes of
 * leader and nodes that die, by asking another node.
 */
public final class Loader {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Executor LATER =
      CompletableFuture.delayedExecutor(
          PAUSE.toMillis(),
          TimeUnit.MILLISECONDS,
          // Not the common pool: whoever waits for a load may hold its only thread.
          Executors.newCachedThreadPool(Loader::daemon));

  private final List<NodeClient> nodes;
  private final Semaphore free;
  private final AtomicInteger preferred = new AtomicInteger();
  private final AtomicInteger acknowledged = new AtomicInteger();
  private final AtomicInteger retries = new AtomicInteger();
  private final AtomicLong lastIndex = new AtomicLong();
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

  /**
   * @param inFlight how many writes may be unanswered
   */
  public Loader(List<NodeClient> nodes, int inFlight) {
    this.nodes = List.copyOf(nodes);
    this.free = new Semaphore(inFlight);
  }

  /**
   * Writes them all; returns when each is acknowledged.
   *
   * @throws LoadFailedException if one was refused for good, or not acknowledged for two minutes
   */
  public void load(Map<String, byte[]> pairs) throws InterruptedException {
    CountDownLatch open = new CountDownLatch(pairs.size());
    for (Map.Entry<String, byte[]> pair : pairs.entrySet()) {
      free.acquire();
      String failed = failure.get();
      if (failed != null) {
        throw new LoadFailedException(failed);
      }
      attempt(pair.getKey(), pair.getValue(), System.nanoTime(), open);
    }
    while (!open.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
      String failed = failure.get();
      if (failed != null) {
        throw new LoadFailedException(failed);
      }
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "load-again");
    thread.setDaemon(true);
    return thread;
  }

  public int acknowledged() {
    return acknowledged.get();
  }

  /** How often a write had to be sent again. */
  public int retries() {
    return retries.get();
  }

  /** The highest place in the log that was acknowledged. */
  public long lastIndex() {
    return lastIndex.get();
  }

  private void attempt(String key, byte[] value, long since, CountDownLatch open) {
    int node = Math.floorMod(preferred.get(), nodes.size());
    CompletableFuture<HttpResponse<String>> unused =
        nodes
            .get(node)
            .put(key, value)
            .whenComplete(
                (response, lost) -> onAnswer(key, value, since, open, node, response, lost));
  }

  private void onAnswer(
      String key,
      byte[] value,
      long since,
      CountDownLatch open,
      int node,
      @Nullable HttpResponse<String> response,
      @Nullable Throwable lost) {
    if (response != null && response.statusCode() / 100 == 2) {
      lastIndex.accumulateAndGet(
          response.headers().firstValueAsLong("Raft-Index").orElse(0), Math::max);
      acknowledged.incrementAndGet();
      free.release();
      open.countDown();
      return;
    }
    boolean forGood = response != null && response.statusCode() / 100 == 4;
    boolean tooLong = System.nanoTime() - since > PATIENCE.toNanos();
    if (forGood || tooLong) {
      failure.compareAndSet(null, describe(key, node, response, lost));
      free.release();
      return;
    }
    retries.incrementAndGet();
    // The next node, unless another write has gone on to it already.
    preferred.compareAndSet(node, (node + 1) % nodes.size());
    LATER.execute(() -> attempt(key, value, since, open));
  }

  private String describe(
      String key, int node, @Nullable HttpResponse<String> response, @Nullable Throwable lost) {
    String answer =
        response == null ? String.valueOf(lost) : response.statusCode() + " " + response.body();
    return "'" + key + "' could not be written; " + nodes.get(node).address() + " said: " + answer;
  }

  /** A write was refused for good, or for too long. */
  public static final class LoadFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LoadFailedException(String message) {
      super(message);
    }
  }
}

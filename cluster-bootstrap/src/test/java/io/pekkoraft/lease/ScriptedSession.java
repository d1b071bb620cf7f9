package io.pekkoraft.lease;

import io.pekkoraft.coordination.SessionId;
import io.pekkoraft.session.Session;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A session whose answers the test gives. */
final class ScriptedSession implements Session {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final BlockingQueue<Acquiring> acquiring = new LinkedBlockingQueue<>();
  final BlockingQueue<Releasing> releasing = new LinkedBlockingQueue<>();
  final Set<Long> valid = ConcurrentHashMap.newKeySet();

  record Acquiring(
      String name,
      String owner,
      Duration timeToLive,
      Duration timeout,
      Consumer<String> lost,
      CompletableFuture<Acquired> answer) {}

  record Releasing(String name, Duration timeout, CompletableFuture<Boolean> answer) {}

  /** What is asked next. */
  static <T> T next(BlockingQueue<T> questions) throws InterruptedException {
    T next = questions.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    if (next == null) {
      throw new AssertionError("the session is asked nothing");
    }
    return next;
  }

  /** Answers the next acquisition: granted. */
  Acquiring grant(long token) throws InterruptedException {
    Acquiring next = next(acquiring);
    valid.add(token);
    next.answer.complete(new Acquired.Granted(token));
    return next;
  }

  @Override
  public boolean holds(String name, long token) {
    return valid.contains(token);
  }

  @Override
  public String reason() {
    return "no leader is heard";
  }

  @Override
  public CompletionStage<Acquired> acquire(
      String name, String owner, Duration timeToLive, Duration timeout, Consumer<String> lost) {
    CompletableFuture<Acquired> answer = new CompletableFuture<>();
    acquiring.add(new Acquiring(name, owner, timeToLive, timeout, lost, answer));
    return answer;
  }

  @Override
  public CompletionStage<Boolean> release(String name, String owner, Duration timeout) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    releasing.add(new Releasing(name, timeout, answer));
    return answer;
  }

  @Override
  public SessionId id() {
    return new SessionId("pekko://scripted@127.0.0.1:1", 1);
  }

  @Override
  public void offer(String name, Offer offer) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void withdraw(String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void acting(String name, long token, String actorPath) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void released(String name, long token) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Runnable watch(String name, Consumer<Optional<Location>> watcher) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> leave(Duration timeout) {
    throw new UnsupportedOperationException();
  }
}

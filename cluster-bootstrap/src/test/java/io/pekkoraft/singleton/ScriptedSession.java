package io.pekkoraft.singleton;

import io.pekkoraft.coordination.SessionId;
import io.pekkoraft.session.Session;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** A session in the hands of a test, which says what is held, and hears what is said to it. */
final class ScriptedSession implements Session {
  final Map<String, Offer> offers = new ConcurrentHashMap<>();
  final BlockingQueue<Location> acting = new LinkedBlockingQueue<>();
  final BlockingQueue<Long> released = new LinkedBlockingQueue<>();
  private final Map<String, Long> held = new ConcurrentHashMap<>();
  private final Map<String, List<Consumer<Optional<Location>>>> watchers =
      new ConcurrentHashMap<>();

  void hold(String name, long token) {
    held.put(name, token);
  }

  void holdNothing(String name) {
    held.remove(name);
  }

  /** What this process offered to host under the name. */
  Offer offered(String name) {
    return Objects.requireNonNull(offers.get(name), name);
  }

  void located(String name, Optional<Location> location) {
    watchers.getOrDefault(name, List.of()).forEach(watcher -> watcher.accept(location));
  }

  @Override
  public boolean holds(String name, long token) {
    return Objects.equals(held.get(name), token);
  }

  @Override
  public void offer(String name, Offer offer) {
    if (offers.put(name, offer) != null) {
      throw new IllegalStateException(name + " is offered already");
    }
  }

  @Override
  public void acting(String name, long token, String actorPath) {
    acting.add(new Location(token, actorPath));
  }

  @Override
  public void released(String name, long token) {
    released.add(token);
  }

  @Override
  public Runnable watch(String name, Consumer<Optional<Location>> watcher) {
    List<Consumer<Optional<Location>>> all =
        watchers.computeIfAbsent(name, any -> new CopyOnWriteArrayList<>());
    all.add(watcher);
    return () -> all.remove(watcher);
  }

  @Override
  public SessionId id() {
    return new SessionId("pekko://test@127.0.0.1:1", 1);
  }

  @Override
  public String reason() {
    return "";
  }

  @Override
  public void withdraw(String name) {
    offers.remove(name);
  }

  @Override
  public CompletionStage<Acquired> acquire(
      String name, String owner, Duration timeToLive, Duration timeout, Consumer<String> lost) {
    throw new UnsupportedOperationException("singletons ask for no lease");
  }

  @Override
  public CompletionStage<Boolean> release(String name, String owner, Duration timeout) {
    throw new UnsupportedOperationException("singletons ask for no lease");
  }

  @Override
  public CompletionStage<Void> leave(Duration timeout) {
    throw new UnsupportedOperationException("singletons do not leave by themselves");
  }
}

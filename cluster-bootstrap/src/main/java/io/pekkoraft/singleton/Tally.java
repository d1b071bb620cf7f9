package io.pekkoraft.singleton;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.Dropped;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens to one singleton in this process, counted. Safe to use from any thread. */
final class Tally {
  private static final Logger LOG = LoggerFactory.getLogger(RaftSingleton.class);
  private static final long QUIET_AFTER_WARNING_NANOS = 10_000_000_000L;

  private final String name;
  private final ActorSystem<?> system;
  private final LongSupplier nanoTime;
  private final AtomicInteger buffered = new AtomicInteger();
  private final AtomicInteger kept = new AtomicInteger();
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong pauses = new AtomicLong();
  private final AtomicLong lastWarning;
  private volatile boolean offered;
  private volatile OptionalLong token = OptionalLong.empty();
  private volatile boolean paused;
  private volatile Optional<String> actingAt = Optional.empty();

  Tally(String name, ActorSystem<?> system, LongSupplier nanoTime) {
    this.name = name;
    this.system = system;
    this.nanoTime = nanoTime;
    lastWarning = new AtomicLong(nanoTime.getAsLong() - QUIET_AFTER_WARNING_NANOS);
  }

  void isOffered() {
    offered = true;
  }

  void hosts(OptionalLong newToken) {
    token = newToken;
    paused = false;
  }

  void actsAt(@Nullable String path) {
    actingAt = Optional.ofNullable(path);
  }

  void paused() {
    paused = true;
    pauses.incrementAndGet();
  }

  void resumed() {
    paused = false;
  }

  void buffered(int change) {
    buffered.addAndGet(change);
  }

  void kept(int change) {
    kept.addAndGet(change);
  }

  /** Also published as {@link Dropped}, which Pekko logs as it is told to log dead letters. */
  void dropped(Object message, String where, ActorRef<?> recipient) {
    long sum = dropped.incrementAndGet();
    Adapter.toClassic(system)
        .eventStream()
        .publish(
            new Dropped(
                message,
                "too many messages wait " + where + " of singleton " + name,
                Adapter.toClassic(system).deadLetters(),
                Adapter.toClassic(recipient)));
    long now = nanoTime.getAsLong();
    long last = lastWarning.get();
    if (now - last >= QUIET_AFTER_WARNING_NANOS && lastWarning.compareAndSet(last, now)) {
      LOG.warn(
          "Singleton '{}': too many messages wait {}, the oldest are dropped: {} since the start."
              + " The room is {}.buffer-size, or what the settings given to init say.",
          name,
          where,
          sum,
          SingletonConfiguration.ROOT);
    }
  }

  SingletonStatus status() {
    return new SingletonStatus(
        name,
        offered,
        token,
        paused,
        actingAt,
        buffered.get(),
        kept.get(),
        dropped.get(),
        pauses.get());
  }
}

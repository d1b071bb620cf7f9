package io.pekkoraft.session;

import io.pekkoraft.coordination.Holding;
import io.pekkoraft.coordination.HoldingEvent;
import io.pekkoraft.coordination.HoldingEvent.Assigned;
import io.pekkoraft.coordination.HoldingEvent.Granted;
import io.pekkoraft.coordination.HoldingEvent.HandOver;
import io.pekkoraft.coordination.HoldingEvent.Lapsed;
import io.pekkoraft.coordination.HoldingEvent.LeaseLost;
import io.pekkoraft.coordination.HoldingEvent.Located;
import io.pekkoraft.coordination.HoldingEvent.Lost;
import io.pekkoraft.coordination.HoldingEvent.Refused;
import io.pekkoraft.coordination.HoldingEvent.Resumed;
import io.pekkoraft.coordination.Ping;
import io.pekkoraft.coordination.Pong;
import io.pekkoraft.coordination.SessionId;
import io.pekkoraft.coordination.Wishes.Grant;
import io.pekkoraft.coordination.Wishes.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Session} of a running actor system. Its state is guarded by its lock; {@link SessionActor}
 * brings pongs and time, sends pings, and runs what users are to be told, without the lock.
 */
final class LocalSession implements Session {
  static final String ENDED = "the actor system is ending";
  private static final Logger LOG = LoggerFactory.getLogger(LocalSession.class);

  private record Tenure(long token, Offer offer) {}

  private record Leaving(long deadlineNanos, CompletableFuture<Void> result) {}

  private final CoordinationSettings settings;
  private final Holding holding;
  private final LongSupplier clock;
  private final Runnable nudge;
  private final LeaseRequests leases;
  private final Map<String, Offer> offers = new HashMap<>();
  private final Map<String, Tenure> tenures = new HashMap<>();
  private final Map<String, List<Consumer<Optional<Location>>>> watchers = new HashMap<>();
  private final List<Leaving> leaving = new ArrayList<>();
  private final List<Runnable> unsaid = new ArrayList<>();
  private boolean ended;

  private final long startedNanos;
  private volatile long answeredNanos;
  private volatile boolean answered;

  /**
   * @param clock monotonic, in nanoseconds; read by any thread
   * @param nudge told that there is something to say; any thread
   */
  LocalSession(SessionId id, CoordinationSettings settings, LongSupplier clock, Runnable nudge) {
    this.settings = settings;
    this.holding = new Holding(id);
    this.leases = new LeaseRequests(holding);
    this.clock = clock;
    this.nudge = nudge;
    this.startedNanos = clock.getAsLong();
  }

  @Override
  public SessionId id() {
    return holding.id();
  }

  @Override
  public boolean holds(String name, long token) {
    return holding.holds(name, token, clock.getAsLong());
  }

  @Override
  public String reason() {
    long quietNanos = clock.getAsLong() - (answered ? answeredNanos : startedNanos);
    if (answered && quietNanos < settings.electionTimeout().toNanos() / 2) {
      return "";
    }
    return "no leader of the group '"
        + settings.group()
        + "' has answered this process "
        + (answered ? "for " : "in the ")
        + quietNanos / 1_000_000
        + (answered ? " ms" : " ms since it started");
  }

  // --- names that are assigned

  @Override
  public void offer(String name, Offer offer) {
    synchronized (this) {
      holding.offer(name);
      offers.put(name, offer);
    }
    nudge.run();
  }

  @Override
  public void withdraw(String name) {
    synchronized (this) {
      holding.withdraw(name);
      offers.remove(name);
      handOver(name, unsaid);
    }
    nudge.run();
  }

  private void handOver(String name, List<Runnable> tell) {
    Tenure tenure = tenures.get(name);
    if (tenure != null) {
      tell.add(() -> tenure.offer().handOver(tenure.token()));
    }
  }

  @Override
  public void acting(String name, long token, String actorPath) {
    synchronized (this) {
      holding.acting(name, token, actorPath);
    }
    nudge.run();
  }

  @Override
  public void released(String name, long token) {
    synchronized (this) {
      Tenure tenure = tenures.get(name);
      if (tenure != null && tenure.token() == token) {
        tenures.remove(name);
        holding.released(name, token);
      }
    }
    nudge.run();
  }

  // --- where a name acts

  @Override
  public Runnable watch(String name, Consumer<Optional<Location>> watcher) {
    synchronized (this) {
      holding.watch(name);
      watchers.computeIfAbsent(name, first -> new ArrayList<>()).add(watcher);
      Optional<Location> present = location(holding.located(name));
      unsaid.add(() -> watcher.accept(present));
    }
    nudge.run();
    return () -> unwatch(name, watcher);
  }

  private synchronized void unwatch(String name, Consumer<Optional<Location>> watcher) {
    List<Consumer<Optional<Location>>> all = watchers.get(name);
    if (all != null && all.remove(watcher) && all.isEmpty()) {
      watchers.remove(name);
      holding.unwatch(name);
    }
  }

  private static Optional<Location> location(@Nullable Instance instance) {
    return instance == null || instance.path().isEmpty()
        ? Optional.empty()
        : Optional.of(new Location(instance.token(), instance.path()));
  }

  // --- leases that are asked for

  @Override
  public CompletionStage<Acquired> acquire(
      String name, String owner, Duration timeToLive, Duration timeout, Consumer<String> lost) {
    CompletionStage<Acquired> result;
    synchronized (this) {
      if (ended) {
        return CompletableFuture.completedStage(new Acquired.Unknown(ENDED));
      }
      long now = clock.getAsLong();
      result = leases.acquire(name, owner, timeToLive, now + timeout.toNanos(), lost, now);
    }
    nudge.run();
    return result;
  }

  @Override
  public CompletionStage<Boolean> release(String name, String owner, Duration timeout) {
    CompletionStage<Boolean> result;
    synchronized (this) {
      if (ended) {
        return CompletableFuture.completedStage(false);
      }
      long now = clock.getAsLong();
      result = leases.release(name, owner, now + timeout.toNanos(), now, unsaid);
    }
    nudge.run();
    return result;
  }

  // --- the end

  @Override
  public CompletionStage<Void> leave(Duration timeout) {
    CompletableFuture<Void> result = new CompletableFuture<>();
    synchronized (this) {
      if (ended) {
        return CompletableFuture.completedStage(null);
      }
      if (leaving.isEmpty()) {
        holding.leave();
        for (Grant grant : holding.assigned()) {
          handOver(grant.name(), unsaid);
        }
      }
      leaving.add(new Leaving(clock.getAsLong() + timeout.toNanos(), result));
    }
    nudge.run();
    return result;
  }

  // --- what the actor brings

  /**
   * @param complete true if it may go to a coordinator that knows nothing of this session
   */
  synchronized Ping ping(boolean complete) {
    return holding.ping(clock.getAsLong(), complete);
  }

  synchronized boolean hasNews() {
    return holding.hasNews();
  }

  /** Returns what users are to be told. */
  synchronized List<Runnable> onPong(Pong pong) {
    long now = clock.getAsLong();
    List<HoldingEvent> events = holding.onPong(pong, now);
    if (pong.session().equals(id())) {
      answeredNanos = now;
      answered = true;
    }
    return tell(events, now);
  }

  /** Time passes. Returns what users are to be told. */
  synchronized List<Runnable> tick() {
    long now = clock.getAsLong();
    return tell(holding.tick(now), now);
  }

  private List<Runnable> tell(List<HoldingEvent> events, long nowNanos) {
    List<Runnable> tell = new ArrayList<>(unsaid);
    unsaid.clear();
    events.forEach(event -> tell(event, tell));
    leases.settle(nowNanos, reason(), tell);
    boolean empty = holding.hasHandedOverAll();
    leaving.removeIf(
        one -> {
          boolean done = empty || nowNanos - one.deadlineNanos() >= 0;
          if (done) {
            tell.add(() -> one.result().complete(null));
          }
          return done;
        });
    return tell;
  }

  private void tell(HoldingEvent event, List<Runnable> tell) {
    if (event instanceof Assigned assigned) {
      Offer offer = offers.get(assigned.name());
      if (offer != null) {
        LOG.info("'{}' was assigned to this process, token {}", event.name(), assigned.token());
        tenures.put(assigned.name(), new Tenure(assigned.token(), offer));
        tell.add(() -> offer.assigned(assigned.token()));
      }
    } else if (event instanceof HandOver handOver) {
      tenure(event.name(), handOver.token(), tell, offer -> offer.handOver(handOver.token()));
    } else if (event instanceof Lapsed lapsed) {
      LOG.warn("the lease of '{}' lapsed: {}", event.name(), reason());
      tenure(event.name(), lapsed.token(), tell, offer -> offer.lapsed(lapsed.token()));
    } else if (event instanceof Resumed resumed) {
      tenure(event.name(), resumed.token(), tell, offer -> offer.resumed(resumed.token()));
    } else if (event instanceof Lost lost) {
      LOG.warn("'{}' is not this process's any more, token {}", event.name(), lost.token());
      tenure(event.name(), lost.token(), tell, offer -> offer.lost(lost.token()));
      tenures.remove(event.name());
    } else if (event instanceof Granted granted) {
      leases.granted(granted, tell);
    } else if (event instanceof Refused refused) {
      leases.refused(refused, tell);
    } else if (event instanceof LeaseLost lost) {
      leases.lost(lost, tell);
    } else if (event instanceof Located located) {
      Optional<Location> location = location(located.instance());
      for (Consumer<Optional<Location>> watcher :
          watchers.getOrDefault(located.name(), List.of())) {
        tell.add(() -> watcher.accept(location));
      }
    }
  }

  private void tenure(String name, long token, List<Runnable> tell, Consumer<Offer> told) {
    Tenure tenure = tenures.get(name);
    if (tenure != null && tenure.token() == token) {
      tell.add(() -> told.accept(tenure.offer()));
    }
  }

  /** The actor has stopped: nothing is renewed any more. Returns what users are to be told. */
  synchronized List<Runnable> end() {
    ended = true;
    List<Runnable> tell = new ArrayList<>(unsaid);
    unsaid.clear();
    leases.end(tell);
    leaving.forEach(one -> tell.add(() -> one.result().complete(null)));
    leaving.clear();
    return tell;
  }
}

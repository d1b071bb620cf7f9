package io.pekkoraft.coordination;

import io.pekkoraft.coordination.HoldingEvent.Assigned;
import io.pekkoraft.coordination.HoldingEvent.Granted;
import io.pekkoraft.coordination.HoldingEvent.HandOver;
import io.pekkoraft.coordination.HoldingEvent.Lapsed;
import io.pekkoraft.coordination.HoldingEvent.LeaseLost;
import io.pekkoraft.coordination.HoldingEvent.Located;
import io.pekkoraft.coordination.HoldingEvent.Lost;
import io.pekkoraft.coordination.HoldingEvent.Refused;
import io.pekkoraft.coordination.HoldingEvent.Resumed;
import io.pekkoraft.coordination.Needs.Asked;
import io.pekkoraft.coordination.Pong.Held;
import io.pekkoraft.coordination.Pong.Refusal;
import io.pekkoraft.coordination.Wishes.Acquisition;
import io.pekkoraft.coordination.Wishes.Grant;
import io.pekkoraft.coordination.Wishes.Instance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The session's side: what it wants, what it holds, and for how long it may act on it.
 *
 * <p>{@link #holds} may be asked by any thread; all else is for one thread at a time. Times are the
 * session's own clock. Events are in the order in which they happened.
 */
public final class Holding {
  private final SessionId id;
  private final Needs needs;
  private final Set<Grant> handOversAsked = new HashSet<>();
  private final Map<String, Instance> located = new HashMap<>();

  private @Nullable Pong newest;
  private @Nullable Long lastSentNanos;

  /** Replaced as a whole, never changed: the gate reads it on any thread. */
  private volatile Map<String, Lease> held = Map.of();

  public Holding(SessionId id) {
    this.id = id;
    this.needs = new Needs(id);
  }

  public SessionId id() {
    return id;
  }

  /**
   * True if this session may act on the name, under this grant, now.
   *
   * @param nowNanos the clock, read just before
   */
  public boolean holds(String name, long token, long nowNanos) {
    Lease lease = held.get(name);
    return lease != null && lease.token() == token && lease.isValid(nowNanos);
  }

  // --- what it wants

  /**
   * @throws IllegalStateException if it is offered already, or there is no room for it
   * @throws IllegalArgumentException if it is no name
   */
  public void offer(String name) {
    needs.offer(name);
  }

  /** No longer offered. If it is held, it is to be stopped and released. */
  public void withdraw(String name) {
    needs.withdraw(name);
  }

  /**
   * @throws IllegalStateException if there is no room for it
   * @throws IllegalArgumentException if it is no name
   */
  public void watch(String name) {
    needs.watch(name);
  }

  public void unwatch(String name) {
    needs.unwatch(name);
    located.remove(name);
  }

  /**
   * An instance can be reached; ignored if the name is not held under this grant.
   *
   * @throws IllegalStateException if the path is too long
   */
  public void acting(String name, long token, String path) {
    Lease lease = held.get(name);
    if (lease != null && lease.token() == token) {
      needs.acting(new Instance(name, token, path));
    }
  }

  /**
   * Asks for a lease, instead of what was asked for under this name before.
   *
   * @return its token if the same owner has it already
   * @throws IllegalStateException if there is no room for it
   * @throws IllegalArgumentException if it is no name, owner or time to live
   */
  public @Nullable Long acquire(String name, String owner, long timeToLiveNanos, long nowNanos) {
    Acquisition asked = new Acquisition(name, owner, timeToLiveNanos);
    Lease lease = held.get(name);
    if (lease != null && lease.owner().equals(owner) && lease.isValid(nowNanos)) {
      return lease.token();
    }
    needs.acquire(asked, nowNanos);
    return null;
  }

  /** No longer asked for. If it is granted after all, it is given back. */
  public void forget(String name) {
    needs.forget(name);
  }

  /**
   * What was held under this grant has stopped, and is never used again: from now on {@link #holds}
   * says no.
   */
  public void released(String name, long token) {
    Lease lease = held.get(name);
    if (lease != null && lease.token() == token) {
      needs.release(name, token);
      needs.notActing(name);
      Map<String, Lease> rest = new HashMap<>(held);
      rest.remove(name);
      held = Map.copyOf(rest);
    }
  }

  /** Nothing is offered any more; what is held is for its users to stop and release. */
  public void leave() {
    needs.leave();
  }

  // --- pings and pongs

  /**
   * @param nowNanos the clock, read before it is sent
   * @param complete true if it may go to another coordinator than the last pong came from
   */
  public Ping ping(long nowNanos, boolean complete) {
    Long last = lastSentNanos;
    // A clock that stands still must not make two of the same time.
    long sent = last != null && nowNanos - last <= 0 ? last + 1 : nowNanos;
    lastSentNanos = sent;
    Pong known = newest;
    boolean isKnown = !complete && known != null && known.knownRevision() == needs.revision();
    return new Ping(id, sent, needs.revision(), isKnown ? null : needs.wishes());
  }

  /** True if the last pong came from a leader that does not know all that this session wants. */
  public boolean hasNews() {
    Pong known = newest;
    return known == null || known.knownRevision() != needs.revision();
  }

  /**
   * @param nowNanos the clock, read after it was received
   */
  public List<HoldingEvent> onPong(Pong pong, long nowNanos) {
    if (!isForThis(pong) || !isNewest(pong)) {
      return List.of();
    }
    // First what is over: a lease that was found lapsed must not come back unnoticed.
    List<HoldingEvent> events = new ArrayList<>(tick(nowNanos));
    newest = pong;
    Map<String, Held> listed = new TreeMap<>();
    Set<Grant> grants = new HashSet<>();
    for (Held one : pong.held()) {
      listed.put(one.name(), one);
      grants.add(new Grant(one.name(), one.token()));
    }
    needs.keepReleased(grants);
    Map<String, Lease> next = new HashMap<>();
    for (Lease lease : new TreeMap<>(held).values()) {
      Held still = listed.get(lease.name());
      if (still == null || still.token() != lease.token()) {
        lost(lease, events);
      }
    }
    for (Held one : listed.values()) {
      Lease lease = lease(one, pong, nowNanos, events);
      if (lease != null) {
        next.put(one.name(), lease);
      }
    }
    held = Map.copyOf(next);
    listed.values().forEach(one -> handOver(one, events));
    refusals(pong, events);
    locate(pong, events);
    return events;
  }

  private boolean isForThis(Pong pong) {
    Long last = lastSentNanos;
    // An echo of what was never sent would be a lease without an end.
    return pong.session().equals(id) && last != null && pong.echoNanos() - last <= 0;
  }

  /**
   * A pong that was overtaken may list what has been taken since. The leader of the newer one
   * waited for the leases of this session before it took anything, but not for one that it
   * released.
   */
  private boolean isNewest(Pong pong) {
    Pong before = newest;
    return before == null || pong.isNewerThan(before.term(), before.counter());
  }

  private void lost(Lease lease, List<HoldingEvent> events) {
    needs.notActing(lease.name());
    events.add(
        lease.chained()
            ? new Lost(lease.name(), lease.token())
            : new LeaseLost(lease.name(), lease.owner(), lease.token(), "it was taken away"));
  }

  /** Until when a listed name may be used; null if it is not to be used here. */
  private @Nullable Lease lease(Held one, Pong pong, long nowNanos, List<HoldingEvent> events) {
    if (needs.hasReleased(one.name(), one.token())) {
      return null;
    }
    boolean chained = one.validNanos() == 0;
    // A chained lease begins when that was sent which proves the leadership, and never after this
    // session's own ping: the age is added to the time that the ping and its answer took.
    long until =
        chained
            ? pong.echoNanos() - pong.provenAgeNanos() + pong.leaseNanos()
            : pong.echoNanos() + one.validNanos();
    Lease before = held.get(one.name());
    if (before != null && before.token() == one.token()) {
      // Each of the two was granted; so the later end holds.
      long end = before.untilNanos() - until > 0 ? before.untilNanos() : until;
      Lease now = new Lease(one.name(), one.token(), one.owner(), chained, end, before.lapsed());
      if (now.lapsed() && now.isValid(nowNanos)) {
        events.add(new Resumed(now.name(), now.token()));
        return now.withLapsed(false);
      }
      return now;
    }
    Lease fresh = new Lease(one.name(), one.token(), one.owner(), chained, until, false);
    return chained ? assigned(fresh, events) : granted(fresh, nowNanos, events);
  }

  private @Nullable Lease assigned(Lease fresh, List<HoldingEvent> events) {
    if (!needs.offers(fresh.name())) {
      needs.release(fresh.name(), fresh.token()); // it was withdrawn meanwhile
      return null;
    }
    events.add(new Assigned(fresh.name(), fresh.token()));
    return fresh;
  }

  private @Nullable Lease granted(Lease fresh, long nowNanos, List<HoldingEvent> events) {
    Asked asked = needs.asked(fresh.name());
    if (asked == null || !asked.acquisition().owner().equals(fresh.owner())) {
      needs.release(fresh.name(), fresh.token()); // nobody waits for it any more
      return null;
    }
    if (!fresh.isValid(nowNanos)) {
      return null; // the next pong may say it in time
    }
    needs.forget(fresh.name());
    events.add(new Granted(fresh.name(), fresh.owner(), fresh.token()));
    return fresh;
  }

  private void handOver(Held one, List<HoldingEvent> events) {
    Grant grant = new Grant(one.name(), one.token());
    if (!one.handOver()) {
      handOversAsked.remove(grant);
    } else if (held.containsKey(one.name()) && handOversAsked.add(grant)) {
      events.add(new HandOver(one.name(), one.token()));
    }
  }

  private void refusals(Pong pong, List<HoldingEvent> events) {
    for (Refusal refusal : pong.refused()) {
      Asked asked = needs.asked(refusal.name());
      // What was said before it was asked for is no answer.
      if (asked != null && pong.echoNanos() - asked.sinceNanos() >= 0) {
        needs.forget(refusal.name());
        events.add(new Refused(refusal.name(), asked.acquisition().owner(), refusal.heldBy()));
      }
    }
  }

  private void locate(Pong pong, List<HoldingEvent> events) {
    for (Instance instance : pong.instances()) {
      if (needs.watches(instance.name())) {
        Instance before = located.put(instance.name(), instance);
        String path = before == null ? "" : before.path();
        boolean same =
            instance.path().equals(path)
                && (path.isEmpty() || (before != null && before.token() == instance.token()));
        if (!same) {
          events.add(new Located(instance.name(), instance));
        }
      }
    }
  }

  // --- time

  /** To be called every ping interval. */
  public List<HoldingEvent> tick(long nowNanos) {
    List<HoldingEvent> events = new ArrayList<>();
    Map<String, Lease> next = null;
    for (Lease lease : held.values()) {
      if (!lease.lapsed() && !lease.isValid(nowNanos)) {
        next = next == null ? new TreeMap<>(held) : next;
        if (lease.chained()) {
          next.put(lease.name(), lease.withLapsed(true));
          events.add(new Lapsed(lease.name(), lease.token()));
        } else {
          // Users were told no once: a lease with a time to live does not come back.
          next.remove(lease.name());
          needs.release(lease.name(), lease.token());
          events.add(
              new LeaseLost(
                  lease.name(),
                  lease.owner(),
                  lease.token(),
                  "no leader answered within its time to live"));
        }
      }
    }
    if (next != null) {
      held = Map.copyOf(next);
    }
    return events;
  }

  // --- looking

  /** The token under which a name is held, valid or not; null if it is not. */
  public @Nullable Long token(String name) {
    Lease lease = held.get(name);
    return lease == null ? null : lease.token();
  }

  /** Names that were assigned, are held, and were not yet released; with their tokens. */
  public List<Grant> assigned() {
    List<Grant> grants = new ArrayList<>();
    for (Lease lease : new TreeMap<>(held).values()) {
      if (lease.chained()) {
        grants.add(new Grant(lease.name(), lease.token()));
      }
    }
    return grants;
  }

  /** For whom a lease is held here; null if the name is not held. */
  public @Nullable String owner(String name) {
    Lease lease = held.get(name);
    return lease == null ? null : lease.owner();
  }

  /**
   * True if a leader said, of a time after {@code sinceNanos}, that this session does not hold the
   * name, and that nothing is under way that would give it.
   */
  public boolean isGone(String name, long sinceNanos) {
    Pong known = newest;
    return known != null
        && known.echoNanos() - sinceNanos >= 0
        && known.knownRevision() == needs.revision()
        && !held.containsKey(name)
        && !needs.hasReleased(name)
        && !known.undecided().contains(name);
  }

  /** True if nothing is assigned here, and the leader knows it. */
  public boolean hasHandedOverAll() {
    return assigned().isEmpty() && !needs.hasReleasedAny();
  }

  /** Where a watched name acts, as far as it is known; null if nowhere. */
  public @Nullable Instance located(String name) {
    Instance instance = located.get(name);
    return instance == null || instance.path().isEmpty() ? null : instance;
  }

  /** The term of the newest pong; 0 before the first. */
  public long term() {
    Pong known = newest;
    return known == null ? 0 : known.term();
  }
}

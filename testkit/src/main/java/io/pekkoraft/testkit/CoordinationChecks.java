package io.pekkoraft.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a singleton's users are promised, looked at in true time: no two handlers at a time, and
 * whatever happens, a token that tells the newer from the older (I30).
 */
final class CoordinationChecks {

  /** A message being handled. */
  record Handler(String name, long token, SimulatedSession session, long beganNanos) {}

  /** What was counted. */
  static final class Counts {
    long handlers;
    long instances;
    long leases;
    long overlaps;
    long frozen;
    long refusedByToken;

    void addAll(Counts other) {
      handlers += other.handlers;
      instances += other.instances;
      leases += other.leases;
      overlaps += other.overlaps;
      frozen += other.frozen;
      refusedByToken += other.refusedByToken;
    }

    @Override
    public String toString() {
      return "%d handlers of %d instances, %d leases, %d overlaps, %d beside a frozen handler, %d refused by token"
          .formatted(handlers, instances, leases, overlaps, frozen, refusedByToken);
    }
  }

  private final CoordinationSimulation world;
  private final boolean withinBound;
  private final Counts counts = new Counts();
  private final List<Handler> running = new ArrayList<>();
  private final Map<String, Long> newestActing = new HashMap<>();
  private final Map<String, Long> newestAtResource = new HashMap<>();
  private final Map<Long, SimulatedSession> assigned = new HashMap<>();
  private final Map<String, Long> lastHandled = new HashMap<>();

  CoordinationChecks(CoordinationSimulation world) {
    this.world = world;
    this.withinBound = !world.simulation().driftsBeyondBound();
  }

  Counts counts() {
    return counts;
  }

  /** When a message was handled under the name last; before the beginning if never. */
  long lastHandledNanos(String name) {
    return lastHandled.getOrDefault(name, -1L);
  }

  /** The token under which a message was handled last; 0 before the first. */
  long newestToken(String name) {
    return newestActing.getOrDefault(name, 0L);
  }

  private InvariantViolation violation(String invariant, String what) {
    return world.simulation().invariants().violation(invariant, what);
  }

  /** A session was given a name. */
  void assigned(String name, long token, SimulatedSession session) {
    if (name.startsWith("lease/")) {
      counts.leases++;
    } else {
      counts.instances++;
    }
    SimulatedSession before = assigned.putIfAbsent(token, session);
    if (before != null && before != session) {
      throw violation(
          "I30 a token is given once",
          name
              + " "
              + token
              + " to "
              + before.machine().name()
              + " and "
              + session.machine().name());
    }
  }

  /** A message begins to be handled: its instance read the lease just before. */
  Handler begins(String name, long token, SimulatedSession session) {
    counts.handlers++;
    long now = world.simulation().nowNanos();
    Handler handler = new Handler(name, token, session, now);
    running.removeIf(other -> !other.session().isAlive());
    for (Handler other : running) {
      if (other.name().equals(name) && other.session() != session) {
        overlap(other, handler);
      }
    }
    running.add(handler);
    long newest = newestActing.merge(name, token, Math::max);
    if (newest > token && withinBound) {
      throw violation(
          "I30 who was superseded handles nothing more",
          name + " " + token + " on " + session.machine().name() + " after " + newest);
    }
    lastHandled.put(name, now);
    access(name, token);
    return handler;
  }

  private void overlap(Handler other, Handler handler) {
    SessionMachine machine = other.session().machine();
    boolean frozen = machine.isPaused() || machine.pausedNanos() >= other.beganNanos();
    if (frozen) {
      counts.frozen++;
    } else {
      counts.overlaps++;
      if (withinBound) {
        throw violation(
            "no two handlers of a name at a time",
            other.name()
                + ": "
                + other.token()
                + " on "
                + machine.name()
                + " since "
                + other.beganNanos() / 1e6
                + " ms, and "
                + handler.token()
                + " on "
                + handler.session().machine().name());
      }
    }
  }

  void ends(Handler handler) {
    running.remove(handler);
    access(handler.name(), handler.token());
  }

  /** A resource that keeps the highest token it saw, and refuses lower ones. */
  private void access(String name, long token) {
    Long newest = newestAtResource.get(name);
    if (newest != null && token < newest) {
      counts.refusedByToken++;
    } else {
      newestAtResource.put(name, token);
    }
  }

  /** At every instant at which somebody may have come to hold something. */
  void oneHolds(List<SimulatedSession> sessions, List<String> names) {
    for (String name : names) {
      SimulatedSession holder = null;
      for (SimulatedSession session : sessions) {
        if (session.isAlive() && session.holds(name)) {
          holder = other(name, holder, session);
        }
      }
    }
  }

  private SimulatedSession other(
      String name, @Nullable SimulatedSession holder, SimulatedSession session) {
    if (holder != null) {
      if (withinBound) {
        throw violation(
            "I30 one session holds a name",
            name + ": " + holder.machine().name() + " and " + session.machine().name());
      }
      counts.overlaps++;
    }
    return session;
  }
}

package io.pekkoraft.failover.torture;

import io.pekkoraft.failover.torture.Violation.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Checks, from what the instances and the resource report, that there was never a second instance.
 * What is promised excludes a handler that was frozen inside or outlasted the handler grace: it is
 * counted, not a violation, and the resource has to refuse what it does with its token.
 */
final class HandlerRules {
  private final Duration grace;
  private final List<Violation> violations = new ArrayList<>();

  /** When the first act of the instance with this token began. */
  private final TreeMap<Long, Long> firstActs = new TreeMap<>();

  private final Map<Long, String> instances = new HashMap<>();
  private final Set<String> questions = new HashSet<>();

  /** After which a handler has begun. */
  private final Set<Freeze> over = new HashSet<>();

  private long highestAccess;
  private int frozenInside;
  private int outlasted;
  private int refused;

  /**
   * @param grace how long a handler may take that begins under a lease
   */
  HandlerRules(Duration grace) {
    this.grace = grace;
  }

  /**
   * To be called before {@link #handled} of the same round.
   *
   * @param starts all of a round; to start is the first act of an instance
   */
  void started(List<Started> starts) {
    starts.forEach(start -> acted(start.instance(), start.token(), start.nanos()));
    for (Started start : starts) {
      if (start.nanos() > nextActs(start.token())) {
        broken(Rule.NO_START_AFTER_SUCCESSOR, start.toString());
      }
    }
  }

  private void acted(String instance, long token, long nanos) {
    firstActs.merge(token, nanos, Math::min);
    String other = instances.putIfAbsent(token, instance);
    if (other != null && !other.equals(instance)) {
      broken(Rule.OWN_TOKEN, other + " and " + instance + " have the token " + token);
    }
  }

  /**
   * @param handlers all that ended in a round
   * @param freezes of the same round
   */
  void handled(List<Handled> handlers, List<Freeze> freezes) {
    for (Handled handler : handlers) {
      acted(handler.instance(), handler.token(), handler.start());
    }
    Set<Handled> atTheGate = atTheGate(handlers, freezes);
    for (Handled handler : handlers) {
      if (!questions.add(handler.question())) {
        broken(Rule.AT_MOST_ONCE, handler.toString());
      }
      successor(handler, freezes, atTheGate.contains(handler));
    }
    lease(handlers);
  }

  /**
   * A process may be stopped when a handler has passed the gate and not begun yet: then it is the
   * first that begins after that, and none was under way.
   */
  private Set<Handled> atTheGate(List<Handled> handlers, List<Freeze> freezes) {
    Set<Handled> all = new HashSet<>();
    for (Freeze freeze : freezes) {
      Optional<Handled> first =
          handlers.stream().filter(freeze::isBefore).min(Comparator.comparingLong(Handled::start));
      boolean fresh = first.isPresent() && over.add(freeze);
      if (fresh && handlers.stream().noneMatch(freeze::inside)) {
        first.ifPresent(all::add);
      }
    }
    return all;
  }

  private void successor(Handled handler, List<Freeze> freezes, boolean atTheGate) {
    long next = nextActs(handler.token());
    if (handler.start() > next) {
      if (atTheGate) {
        frozenInside++;
      } else {
        broken(Rule.NO_START_AFTER_SUCCESSOR, late(handler, next));
      }
    } else if (handler.end() > next) {
      overlap(handler, next, freezes);
    }
  }

  /** When the first act of any later instance began. */
  private long nextActs(long token) {
    return firstActs.tailMap(token, false).values().stream()
        .mapToLong(Long::longValue)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private void overlap(Handled handler, long next, List<Freeze> freezes) {
    if (freezes.stream().anyMatch(freeze -> freeze.inside(handler))) {
      frozenInside++;
    } else if (handler.end() - handler.start() > grace.toNanos()) {
      outlasted++;
    } else {
      broken(Rule.NO_OVERLAP, late(handler, next));
    }
  }

  private static String late(Handled handler, long next) {
    return "%s, whose successor acts since %,d us before its start and %,d us before its end"
        .formatted(handler, (handler.start() - next) / 1000, (handler.end() - next) / 1000);
  }

  /**
   * A lease may end between the gate and the handler's own look at it, so one handler of an
   * instance may see it ended; the next one would have been stopped at the gate.
   */
  private void lease(List<Handled> handlers) {
    Map<String, List<Handled>> without = new HashMap<>();
    for (Handled handler : handlers) {
      if (!handler.held()) {
        without.computeIfAbsent(handler.instance(), i -> new ArrayList<>()).add(handler);
      }
    }
    without.values().stream()
        .filter(list -> list.size() > 1)
        .forEach(list -> broken(Rule.NO_START_WITHOUT_LEASE, list.toString()));
  }

  /**
   * @param node was cut off from all others, in one direction at least, all the time between these
   * @param lease the longest time that one given before can last
   */
  void cutOff(List<Handled> handlers, String node, long from, long until, Duration lease) {
    for (Handled handler : handlers) {
      if (handler.node().equals(node)
          && handler.start() > from + lease.toNanos()
          && handler.start() < until) {
        broken(
            Rule.NO_START_WHEN_CUT_OFF,
            "%s, %,d us after the cut".formatted(handler, (handler.start() - from) / 1000));
      }
    }
  }

  /**
   * @param accesses in the order in which the resource had them
   */
  void accessed(List<Access> accesses) {
    for (Access access : accesses) {
      boolean stale = access.token() < highestAccess;
      if (stale && access.accepted()) {
        broken(Rule.NO_STALE_ACCESS, access + " after " + highestAccess);
      }
      if (!stale && !access.accepted()) {
        broken(Rule.RISING_TOKENS, access + " after " + highestAccess);
      }
      if (!access.accepted()) {
        refused++;
      }
      highestAccess = Math.max(highestAccess, access.token());
    }
  }

  void broken(Rule rule, String details) {
    violations.add(new Violation(rule, details));
  }

  /** All that were found so far, in the order in which they were. */
  List<Violation> violations() {
    return List.copyOf(violations);
  }

  /** Handlers that a successor overlapped because their process was frozen inside. */
  int frozenInside() {
    return frozenInside;
  }

  /** Handlers that a successor overlapped because they took longer than the grace. */
  int outlasted() {
    return outlasted;
  }

  /** Accesses with a stale token, refused. */
  int refused() {
    return refused;
  }

  /** Questions that were handled. */
  int questions() {
    return questions.size();
  }
}

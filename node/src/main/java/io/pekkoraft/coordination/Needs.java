package io.pekkoraft.coordination;

import io.pekkoraft.coordination.Wishes.Acquisition;
import io.pekkoraft.coordination.Wishes.Grant;
import io.pekkoraft.coordination.Wishes.Instance;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A session's own part of its {@link Wishes}, with the limits that make them fit into a frame. */
final class Needs {
  /** A lease that is asked for since then. */
  record Asked(Acquisition acquisition, long sinceNanos) {}

  /** A name that is offered is named again where it acts, and in what is released. */
  private static final int OFFER_OVERHEAD = 48;

  private final String home;
  private final NavigableSet<String> offers = new TreeSet<>();
  private final NavigableSet<String> watching = new TreeSet<>();
  private final NavigableMap<String, Instance> acting = new TreeMap<>();
  private final NavigableMap<String, Asked> acquiring = new TreeMap<>();

  /** What the table may still say is held here, but never is again. */
  private final Set<Grant> released = new HashSet<>();

  private boolean leaving;
  private long revision = 1;

  Needs(SessionId session) {
    this.home = session.name();
  }

  long revision() {
    return revision;
  }

  void changed() {
    revision++;
  }

  Wishes wishes() {
    List<Acquisition> asked = new ArrayList<>();
    acquiring.values().forEach(one -> asked.add(one.acquisition()));
    return new Wishes(
        List.copyOf(offers),
        List.copyOf(released),
        List.copyOf(acting.values()),
        List.copyOf(watching),
        asked,
        leaving);
  }

  /**
   * @throws IllegalStateException if there is no room for it
   */
  private void admit(String name, int bytes) {
    CoordinationLimits.checkName(name);
    int names = offers.size() + watching.size() + acquiring.size();
    if (names >= CoordinationLimits.MAX_SESSION_NAMES) {
      throw new IllegalStateException(
          "'"
              + name
              + "' is too many: a session offers, watches and acquires at most "
              + CoordinationLimits.MAX_SESSION_NAMES
              + " names in all");
    }
    if (weight() + bytes > CoordinationLimits.MAX_WISHES_BYTES) {
      throw new IllegalStateException(
          "'"
              + name
              + "' is too much: what a session offers, watches and acquires has to fit into "
              + CoordinationLimits.MAX_WISHES_BYTES
              + " bytes; use shorter names, or fewer");
    }
  }

  private int weight() {
    int weight = 0;
    for (String name : offers) {
      weight += offerWeight(name);
    }
    for (String name : watching) {
      weight += offerWeight(name);
    }
    for (Instance instance : acting.values()) {
      weight += pathBytes(instance.path());
    }
    for (Asked asked : acquiring.values()) {
      weight += askedWeight(asked.acquisition());
    }
    return weight;
  }

  private static int offerWeight(String name) {
    return 2 * name.length() + OFFER_OVERHEAD;
  }

  private static int askedWeight(Acquisition asked) {
    return offerWeight(asked.name()) + asked.owner().getBytes(StandardCharsets.UTF_8).length;
  }

  /** A path of this process is sent without its address. */
  private int pathBytes(String path) {
    String sent = path.startsWith(home) ? path.substring(home.length()) : path;
    return sent.getBytes(StandardCharsets.UTF_8).length;
  }

  boolean offers(String name) {
    return !leaving && offers.contains(name);
  }

  void offer(String name) {
    if (offers.contains(name)) {
      throw new IllegalStateException("'" + name + "' is offered already");
    }
    admit(name, offerWeight(name));
    offers.add(name);
    changed();
  }

  void withdraw(String name) {
    if (offers.remove(name)) {
      changed();
    }
  }

  void watch(String name) {
    if (!watching.contains(name)) {
      admit(name, offerWeight(name));
      watching.add(name);
      changed();
    }
  }

  void unwatch(String name) {
    if (watching.remove(name)) {
      changed();
    }
  }

  boolean watches(String name) {
    return watching.contains(name);
  }

  void acting(Instance instance) {
    int bytes = pathBytes(instance.path());
    boolean fits =
        bytes <= CoordinationLimits.MAX_PATH_BYTES
            && weight() + bytes <= CoordinationLimits.MAX_WISHES_BYTES;
    if (!fits) {
      throw new IllegalStateException(
          "the path of '" + instance.name() + "' has " + bytes + " bytes: too many");
    }
    acting.put(instance.name(), instance);
    changed();
  }

  void notActing(String name) {
    if (acting.remove(name) != null) {
      changed();
    }
  }

  void acquire(Acquisition asked, long nowNanos) {
    acquiring.remove(asked.name());
    admit(asked.name(), askedWeight(asked));
    acquiring.put(asked.name(), new Asked(asked, nowNanos));
    changed();
  }

  @Nullable Asked asked(String name) {
    return acquiring.get(name);
  }

  /** Returns false if it was not asked for. */
  boolean forget(String name) {
    boolean was = acquiring.remove(name) != null;
    if (was) {
      changed();
    }
    return was;
  }

  void release(String name, long token) {
    if (released.add(new Grant(name, token))) {
      changed();
    }
  }

  boolean hasReleased(String name, long token) {
    return released.contains(new Grant(name, token));
  }

  boolean hasReleased(String name) {
    for (Grant grant : released) {
      if (grant.name().equals(name)) {
        return true;
      }
    }
    return false;
  }

  boolean hasReleasedAny() {
    return !released.isEmpty();
  }

  /** The table does not list any of the others any more. */
  void keepReleased(Set<Grant> listed) {
    if (!released.isEmpty() && released.retainAll(listed)) {
      changed();
    }
  }

  void leave() {
    leaving = true;
    changed();
  }
}

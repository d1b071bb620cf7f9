package io.pekkoraft.coordination;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** How many names each session has that can be given some: who is next, and who has too many. */
final class Spread {
  private final List<KnownSession> receivers = new ArrayList<>();
  private final Map<SessionId, Integer> counts = new HashMap<>();

  /**
   * @param sessions sorted
   * @param mayReceive live, and nothing under way against it
   */
  Spread(TableView view, Collection<KnownSession> sessions, Predicate<KnownSession> mayReceive) {
    for (KnownSession session : sessions) {
      if (mayReceive.test(session)) {
        receivers.add(session);
        int chained = 0;
        for (TableEntry entry : view.heldBy(session.id)) {
          chained += entry.isChained() ? 1 : 0;
        }
        counts.put(session.id, chained);
      }
    }
  }

  /** One more, or with -1 one fewer, for a session. */
  void count(SessionId session, int change) {
    counts.computeIfPresent(session, (id, count) -> count + change);
  }

  /** The session with the fewest names of those that offer this one; null if there is none. */
  @Nullable KnownSession poorestOffering(String name) {
    KnownSession poorest = null;
    for (KnownSession session : receivers) {
      if (session.offers(name) && (poorest == null || of(session.id) < of(poorest.id))) {
        poorest = session;
      }
    }
    return poorest;
  }

  /** A name that would be better off elsewhere, of the session that has most; or null. */
  @Nullable TableEntry tooMany(TableView view, Predicate<TableEntry> movable) {
    TableEntry best = null;
    int most = 0;
    for (KnownSession rich : receivers) {
      int count = of(rich.id);
      if (count >= 2 && count > most) {
        TableEntry entry = movableOf(rich, view, movable);
        if (entry != null) {
          best = entry;
          most = count;
        }
      }
    }
    return best;
  }

  private @Nullable TableEntry movableOf(
      KnownSession rich, TableView view, Predicate<TableEntry> movable) {
    for (TableEntry entry : view.heldBy(rich.id)) {
      if (entry.isChained() && movable.test(entry)) {
        KnownSession poorest = poorestOffering(entry.name());
        if (poorest != null && of(poorest.id) + 2 <= of(rich.id)) {
          return entry;
        }
      }
    }
    return null;
  }

  private int of(SessionId session) {
    return counts.getOrDefault(session, 0);
  }
}

package io.pekkoraft.persistence.wal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where every live event stands, and how much of each segment is alive. The writer changes it,
 * replays read it, so every method holds the object's monitor, and for no longer than a look-up.
 */
final class WalIndex {
  private final Map<String, EventLocations> ids = new HashMap<>();
  private final TreeMap<Long, Usage> segments = new TreeMap<>();

  /** Of ids whose events are lost to damage; the empty id stands for all that are not known. */
  private final Map<String, LostRanges> lost = new HashMap<>();

  private final EventLocations.Released release = this::release;

  /** That of the segment looked up last, which is nearly always the one looked up next. */
  private @Nullable Usage recent;

  /** What a segment still holds. */
  private static final class Usage {
    private final long segment;
    private long liveBytes;
    private int liveEvents;
    private int readers;
    private boolean dropped;

    Usage(long segment) {
      this.segment = segment;
    }
  }

  synchronized void addSegment(long segment) {
    Usage unused = usage(segment);
  }

  synchronized List<Long> liveSegments() {
    List<Long> live = new ArrayList<>();
    segments.forEach(
        (segment, usage) -> {
          if (!usage.dropped) {
            live.add(segment);
          }
        });
    return live;
  }

  synchronized long highest(String persistenceId) {
    EventLocations events = ids.get(persistenceId);
    return events == null ? 0 : events.highest();
  }

  synchronized long deletedTo(String persistenceId) {
    EventLocations events = ids.get(persistenceId);
    return events == null ? 0 : events.deletedTo();
  }

  synchronized void raiseHighest(String persistenceId, long sequenceNr) {
    events(persistenceId).raiseHighest(sequenceNr);
  }

  /** Adds an event that is durable, or moves it. */
  synchronized void put(
      String persistenceId, long sequenceNr, long segment, int offset, int length) {
    events(persistenceId).put(sequenceNr, segment, offset, length, release);
    if (!lost.isEmpty()) {
      changeLost(persistenceId, ranges -> ranges.remove(sequenceNr));
    }
    Usage usage = usage(segment);
    usage.liveBytes += length;
    usage.liveEvents++;
  }

  /** Adds an event that was lost and is put back, as it is found again in a log. */
  synchronized void putBack(
      String persistenceId, long sequenceNr, long segment, int offset, int length) {
    becomeKnown(persistenceId);
    put(persistenceId, sequenceNr, segment, offset, length);
  }

  /**
   * Moves an event that stands in {@code event} to where its copy is durable, if it lives still.
   */
  synchronized void move(LiveEvent event, long segment, int offset) {
    if (isLive(event)) {
      Location old = event.location();
      put(event.persistenceId(), old.sequenceNr(), segment, offset, old.length());
    }
  }

  synchronized void deleteTo(String persistenceId, long sequenceNr) {
    EventLocations events = events(persistenceId);
    events.deleteTo(sequenceNr, release);
    changeLost(persistenceId, ranges -> ranges.removeThrough(events.deletedTo()));
  }

  /** Notes that events are lost. A number that is known to have been used stays used. */
  synchronized void lose(String persistenceId, long from, long to) {
    lost.computeIfAbsent(persistenceId, id -> new LostRanges()).add(from, to);
    if (to != LostRanges.UNKNOWN) {
      raiseHighest(persistenceId, to);
    }
  }

  /** Forgets what is lost: all of it is stated anew. */
  synchronized void forgetLost() {
    lost.clear();
  }

  /** Notes that no event above a number is lost. */
  synchronized void nothingLostAbove(String persistenceId, long sequenceNr) {
    becomeKnown(persistenceId);
    if (!persistenceId.isEmpty()) {
      raiseHighest(persistenceId, sequenceNr);
    }
    changeLost(persistenceId, ranges -> ranges.removeAbove(sequenceNr));
  }

  /** What is lost of the ids that are not known is still lost of one that is known from now on. */
  private void becomeKnown(String persistenceId) {
    LostRanges ofUnknown = lost.get("");
    if (ofUnknown != null && !persistenceId.isEmpty() && !ids.containsKey(persistenceId)) {
      ofUnknown.forEach((from, to) -> lose(persistenceId, from, to));
    }
  }

  private void changeLost(String persistenceId, Consumer<LostRanges> change) {
    LostRanges ranges = lost.isEmpty() ? null : lost.get(persistenceId);
    if (ranges != null) {
      change.accept(ranges);
      if (ranges.isEmpty()) {
        lost.remove(persistenceId);
      }
    }
  }

  /** What of an id's events between two numbers is lost, in words, or null if nothing is. */
  synchronized @Nullable String lost(String persistenceId, long from, long to) {
    if (lost.isEmpty()) {
      return null;
    }
    LostRanges ranges = lost.get(persistenceId);
    if (ranges == null && !ids.containsKey(persistenceId)) {
      ranges = lost.get("");
    }
    return ranges != null && ranges.intersects(from, to) ? ranges.toString() : null;
  }

  /** Whether an event is among those lost. */
  synchronized boolean isLost(String persistenceId, long sequenceNr) {
    return lost(persistenceId, sequenceNr, sequenceNr) != null;
  }

  /** Whether events above the highest known may be lost, in words; null if not. */
  synchronized @Nullable String lostAtEnd(String persistenceId) {
    return lost(persistenceId, LostRanges.UNKNOWN, LostRanges.UNKNOWN);
  }

  /** All that is lost. */
  synchronized Map<String, String> lost() {
    Map<String, String> all = new TreeMap<>();
    lost.forEach((id, ranges) -> all.put(id, ranges.toString()));
    return all;
  }

  synchronized void forEachLost(LostVisitor visitor) {
    lost.forEach((id, ranges) -> ranges.forEach((from, to) -> visitor.visit(id, from, to)));
  }

  /** Takes one lost range of an id. */
  interface LostVisitor {
    void visit(String persistenceId, long from, long to);
  }

  /** Tells the places of an id's live events, in the order of their numbers. */
  synchronized void forEachEvent(BiConsumer<String, EventLocations> visitor) {
    ids.forEach(visitor);
  }

  private void release(long segment, int length) {
    Usage usage = usage(segment);
    usage.liveBytes -= length;
    usage.liveEvents--;
  }

  private EventLocations events(String persistenceId) {
    return ids.computeIfAbsent(persistenceId, id -> new EventLocations());
  }

  private Usage usage(long segment) {
    Usage usage = recent;
    if (usage == null || usage.segment != segment) {
      usage = segments.computeIfAbsent(segment, Usage::new);
      recent = usage;
    }
    return usage;
  }

  /** Tells (highest, deleted-to) of every persistence id, as a catalogue states them. */
  synchronized void forEachId(CatalogueVisitor visitor) {
    ids.forEach((id, events) -> visitor.visit(id, events.highest(), events.deletedTo()));
  }

  /** Takes one line of the catalogue. */
  interface CatalogueVisitor {
    void visit(String persistenceId, long highest, long deletedTo);
  }

  /**
   * Finds up to {@code limit} events of an id and keeps their segments from being deleted until
   * {@link #unpin} is told the same list.
   */
  synchronized List<Location> pin(String persistenceId, long from, long to, int limit) {
    EventLocations events = ids.get(persistenceId);
    if (events == null) {
      return List.of();
    }
    List<Location> found = new ArrayList<>();
    for (int i = events.indexOf(from); i < events.size() && found.size() < limit; i++) {
      Location location = events.at(i);
      if (location.sequenceNr() > to) {
        break;
      }
      usage(location.segment()).readers++;
      found.add(location);
    }
    return found;
  }

  /** Ends a {@link #pin} and returns the dropped segments that nobody reads any more. */
  synchronized List<Long> unpin(List<Location> pinned) {
    List<Long> unread = new ArrayList<>();
    for (Location location : pinned) {
      Usage usage = usage(location.segment());
      usage.readers--;
      if (usage.readers == 0 && usage.dropped) {
        remove(location.segment());
        unread.add(location.segment());
      }
    }
    return unread;
  }

  /** The oldest segment before {@code current} in which nothing is alive, or null. */
  synchronized @Nullable Long deadSegment(long current) {
    for (Map.Entry<Long, Usage> entry : segments.headMap(current).entrySet()) {
      if (entry.getValue().liveEvents == 0 && !entry.getValue().dropped) {
        return entry.getKey();
      }
    }
    return null;
  }

  /** Takes a segment out of the log. Returns whether its file can be deleted at once. */
  synchronized boolean drop(long segment) {
    Usage usage = usage(segment);
    usage.dropped = true;
    if (usage.readers > 0) {
      return false;
    }
    remove(segment);
    return true;
  }

  private void remove(long segment) {
    segments.remove(segment);
    recent = null;
  }

  /** The oldest segment before {@code current} with at most {@code liveBytes} alive, or null. */
  synchronized @Nullable Long sparseSegment(long current, long liveBytes) {
    for (Map.Entry<Long, Usage> entry : segments.headMap(current).entrySet()) {
      Usage usage = entry.getValue();
      if (!usage.dropped && usage.liveEvents > 0 && usage.liveBytes <= liveBytes) {
        return entry.getKey();
      }
    }
    return null;
  }

  /** All live events of a segment: to be copied, so there are few. */
  synchronized List<LiveEvent> liveEvents(long segment) {
    List<LiveEvent> live = new ArrayList<>();
    ids.forEach(
        (id, events) -> {
          for (int i = 0; i < events.size(); i++) {
            Location location = events.at(i);
            if (location.segment() == segment) {
              live.add(new LiveEvent(id, location));
            }
          }
        });
    return live;
  }

  /** Whether the event still stands there: neither deleted nor moved since. */
  synchronized boolean isLive(LiveEvent event) {
    EventLocations events = ids.get(event.persistenceId());
    if (events == null) {
      return false;
    }
    int i = events.indexOf(event.location().sequenceNr());
    return i < events.size() && events.at(i).equals(event.location());
  }

  /** An event and where it stands. */
  record LiveEvent(String persistenceId, Location location) {}

  /** How many live events a segment holds. */
  synchronized int liveCount(long segment) {
    Usage usage = segments.get(segment);
    return usage == null ? 0 : usage.liveEvents;
  }
}

package io.pekkoraft.persistence.wal;

import java.util.Map;
import java.util.TreeMap;

/** Sequence numbers of one persistence id whose events are lost to damage. Not thread-safe. */
final class LostRanges {
  /** The end of a range of which nobody knows where it ends, or whether it holds anything. */
  static final long UNKNOWN = Long.MAX_VALUE;

  /** From the first number of each range to its last; they do not touch each other. */
  private final TreeMap<Long, Long> ranges = new TreeMap<>();

  boolean isEmpty() {
    return ranges.isEmpty();
  }

  /** Whether events above the highest known may have been lost. */
  boolean isOpenEnded() {
    return !ranges.isEmpty() && ranges.lastEntry().getValue() == UNKNOWN;
  }

  void add(long from, long to) {
    long first = from;
    long last = to;
    Map.Entry<Long, Long> before = ranges.floorEntry(from);
    if (before != null && before.getValue() >= from - 1) {
      first = before.getKey();
      last = Math.max(last, before.getValue());
    }
    Map.Entry<Long, Long> behind = ranges.ceilingEntry(first);
    while (behind != null && (last == UNKNOWN || behind.getKey() <= last + 1)) {
      last = Math.max(last, behind.getValue());
      ranges.remove(behind.getKey());
      behind = ranges.ceilingEntry(first);
    }
    ranges.put(first, last);
  }

  /** The number is not lost any more. */
  void remove(long number) {
    Map.Entry<Long, Long> range = ranges.floorEntry(number);
    if (range == null || range.getValue() < number) {
      return;
    }
    ranges.remove(range.getKey());
    if (range.getKey() < number) {
      ranges.put(range.getKey(), number - 1);
    }
    if (range.getValue() > number) {
      ranges.put(number + 1, range.getValue());
    }
  }

  /** Nobody misses the numbers up to this one. */
  void removeThrough(long number) {
    Map.Entry<Long, Long> range = ranges.floorEntry(number);
    if (range != null && range.getValue() > number) {
      ranges.put(number + 1, range.getValue());
    }
    ranges.headMap(number, true).clear();
  }

  /** Nothing was lost above this number. */
  void removeAbove(long number) {
    ranges.tailMap(number, false).clear();
    Map.Entry<Long, Long> range = ranges.lastEntry();
    if (range != null && range.getValue() > number) {
      ranges.put(range.getKey(), number);
    }
  }

  boolean contains(long number) {
    return intersects(number, number);
  }

  boolean intersects(long from, long to) {
    Map.Entry<Long, Long> range = ranges.floorEntry(to);
    return range != null && range.getValue() >= from;
  }

  void forEach(RangeVisitor visitor) {
    ranges.forEach(visitor::visit);
  }

  /** Takes one range. */
  interface RangeVisitor {
    void visit(long from, long to);
  }

  /** As in {@code 3, 7 to 9, whatever follows 12}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    ranges.forEach(
        (from, to) -> {
          text.append(text.isEmpty() ? "" : ", ");
          if (to == UNKNOWN) {
            text.append("whatever follows ").append(from - 1);
          } else {
            text.append(from).append(from.equals(to) ? "" : " to " + to);
          }
        });
    return text.toString();
  }
}

package io.pekkoraft.persistence.wal;

import java.util.Arrays;

/** What the log holds of one persistence id, in the order of sequence numbers. Not thread-safe. */
final class EventLocations {
  /** Hears of an event that does not stand any more where it stood. */
  interface Released {
    void released(long segment, int length);
  }

  private long highest;
  private long deletedTo;

  // Parallel arrays, because a small object per event would cost more memory than all the rest.
  private long[] sequenceNrs = new long[4];
  private long[] segments = new long[4];
  private int[] offsets = new int[4];
  private int[] lengths = new int[4];
  private int first;
  private int end;

  long highest() {
    return highest;
  }

  long deletedTo() {
    return deletedTo;
  }

  int size() {
    return end - first;
  }

  /** Notes that sequence numbers up to {@code sequenceNr} are taken. */
  void raiseHighest(long sequenceNr) {
    highest = Math.max(highest, sequenceNr);
  }

  /** Adds an event, or moves it if it is known. Cheapest at the end, where new events come. */
  void put(long sequenceNr, long segment, int offset, int length, Released replaced) {
    raiseHighest(sequenceNr);
    if (end == sequenceNrs.length) {
      makeRoom();
    }
    int at = end;
    if (size() > 0 && sequenceNrs[end - 1] >= sequenceNr) {
      int found = Arrays.binarySearch(sequenceNrs, first, end, sequenceNr);
      if (found >= 0) {
        replaced.released(segments[found], lengths[found]);
        set(found, sequenceNr, segment, offset, length);
        return;
      }
      at = -found - 1;
      shiftRight(at);
    }
    set(at, sequenceNr, segment, offset, length);
    end++;
  }

  /** Forgets events up to {@code sequenceNr}, but never which number was the highest. */
  void deleteTo(long sequenceNr, Released deleted) {
    deletedTo = Math.max(deletedTo, Math.min(sequenceNr, highest));
    while (first < end && sequenceNrs[first] <= deletedTo) {
      deleted.released(segments[first], lengths[first]);
      first++;
    }
    if (first == end) {
      first = 0;
      end = 0;
    }
  }

  /** Position of the first event at or after {@code sequenceNr}, for {@link #at}. */
  int indexOf(long sequenceNr) {
    int found = Arrays.binarySearch(sequenceNrs, first, end, sequenceNr);
    return (found >= 0 ? found : -found - 1) - first;
  }

  Location at(int index) {
    return get(first + index);
  }

  private Location get(int i) {
    return new Location(sequenceNrs[i], segments[i], offsets[i], lengths[i]);
  }

  private void set(int i, long sequenceNr, long segment, int offset, int length) {
    sequenceNrs[i] = sequenceNr;
    segments[i] = segment;
    offsets[i] = offset;
    lengths[i] = length;
  }

  private void makeRoom() {
    int size = size();
    int capacity = first > sequenceNrs.length / 2 ? sequenceNrs.length : sequenceNrs.length * 2;
    sequenceNrs = moved(sequenceNrs, size, capacity);
    segments = moved(segments, size, capacity);
    offsets = moved(offsets, size, capacity);
    lengths = moved(lengths, size, capacity);
    first = 0;
    end = size;
  }

  private long[] moved(long[] array, int size, int capacity) {
    long[] target = new long[capacity];
    System.arraycopy(array, first, target, 0, size);
    return target;
  }

  private int[] moved(int[] array, int size, int capacity) {
    int[] target = new int[capacity];
    System.arraycopy(array, first, target, 0, size);
    return target;
  }

  private void shiftRight(int from) {
    int count = end - from;
    System.arraycopy(sequenceNrs, from, sequenceNrs, from + 1, count);
    System.arraycopy(segments, from, segments, from + 1, count);
    System.arraycopy(offsets, from, offsets, from + 1, count);
    System.arraycopy(lengths, from, lengths, from + 1, count);
  }
}

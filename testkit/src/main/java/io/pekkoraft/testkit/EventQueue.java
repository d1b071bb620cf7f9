package io.pekkoraft.testkit;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is going to happen, ordered by virtual time, then by the order in which it was scheduled.
 */
final class EventQueue {

  /**
   * Something that happens at one instant.
   *
   * @param node whose actor it concerns, or null: then {@code what} is a {@link Runnable} of the
   *     world
   * @param life which start of the node; {@link #ANY_LIFE} for what outlives it, as messages do
   * @param what a {@link io.pekkoraft.message.NodeCommand}, or a {@link Runnable}
   */
  record Event(
      long timeNanos, long sequence, @Nullable SimulatedNode node, long life, Object what) {}

  static final long ANY_LIFE = 0;

  private @Nullable Event[] heap = new Event[256];
  private int size;
  private long nextSequence = 1;

  Event add(long timeNanos, @Nullable SimulatedNode node, long life, Object what) {
    Event event = new Event(timeNanos, nextSequence++, node, life, what);
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
    }
    siftUp(size++, event);
    return event;
  }

  int size() {
    return size;
  }

  @Nullable Event peek() {
    return heap[0];
  }

  @Nullable Event poll() {
    Event first = heap[0];
    if (first == null) {
      return null;
    }
    size--;
    Event last = heap[size];
    heap[size] = null;
    if (last != null && size > 0) {
      siftDown(last);
    }
    return first;
  }

  private void siftUp(int from, Event event) {
    int at = from;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      Event above = heap[parent];
      if (above == null || !before(event, above)) {
        break;
      }
      heap[at] = above;
      at = parent;
    }
    heap[at] = event;
  }

  private void siftDown(Event event) {
    int at = 0;
    while (true) {
      int child = 2 * at + 1;
      if (child >= size) {
        break;
      }
      Event below = heap[child];
      Event right = child + 1 < size ? heap[child + 1] : null;
      if (below != null && right != null && before(right, below)) {
        child++;
        below = right;
      }
      if (below == null || !before(below, event)) {
        break;
      }
      heap[at] = below;
      at = child;
    }
    heap[at] = event;
  }

  private static boolean before(Event one, Event other) {
    return one.timeNanos != other.timeNanos
        ? one.timeNanos < other.timeNanos
        : one.sequence < other.sequence;
  }
}

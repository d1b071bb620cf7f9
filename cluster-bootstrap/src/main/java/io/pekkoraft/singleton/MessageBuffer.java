package io.pekkoraft.singleton;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Messages that wait, in order. When there is no room the oldest that may be dropped is dropped.
 */
final class MessageBuffer {
  private final ArrayDeque<Object> messages = new ArrayDeque<>();
  private final int capacity;
  private final Predicate<Object> droppable;
  private final Consumer<Object> onDropped;
  private int droppables;

  /**
   * @param capacity how many droppable messages wait at most
   * @param onDropped told of each that is dropped
   */
  MessageBuffer(int capacity, Predicate<Object> droppable, Consumer<Object> onDropped) {
    this.capacity = capacity;
    this.droppable = droppable;
    this.onDropped = onDropped;
  }

  void add(Object message) {
    messages.add(message);
    if (droppable.test(message)) {
      droppables++;
      if (droppables > capacity) {
        dropOldest();
      }
    }
  }

  private void dropOldest() {
    for (Iterator<Object> each = messages.iterator(); each.hasNext(); ) {
      Object message = each.next();
      if (droppable.test(message)) {
        each.remove();
        droppables--;
        onDropped.accept(message);
        return;
      }
    }
  }

  boolean isEmpty() {
    return messages.isEmpty();
  }

  int size() {
    return messages.size();
  }

  @Nullable Object peek() {
    return messages.peek();
  }

  @Nullable Object poll() {
    Object message = messages.poll();
    if (message != null && droppable.test(message)) {
      droppables--;
    }
    return message;
  }

  /** Empties it. */
  void drainTo(Consumer<Object> taker) {
    for (Object message = poll(); message != null; message = poll()) {
      taker.accept(message);
    }
  }
}

package io.pekkoraft.layout;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * Keeps a few objects for reuse, without a lock. Not bound to threads: a thread may come and go, or
 * be a virtual one.
 */
public final class SlotPool<T> {
  private final AtomicReferenceArray<T> slots;
  private final Supplier<T> factory;

  /**
   * @param slots how many to keep at most
   * @param factory makes another when none is free
   */
  public SlotPool(int slots, Supplier<T> factory) {
    this.slots = new AtomicReferenceArray<>(slots);
    this.factory = factory;
  }

  /** Takes one out: the caller's alone until it is given back. */
  public T take() {
    for (int i = 0; i < slots.length(); i++) {
      if (slots.getPlain(i) != null) {
        T item = slots.getAndSet(i, null);
        if (item != null) {
          return item;
        }
      }
    }
    return factory.get();
  }

  /** Gives one back; it is dropped if there are enough. */
  public void give(T item) {
    for (int i = 0; i < slots.length(); i++) {
      if (slots.getPlain(i) == null && slots.compareAndSet(i, null, item)) {
        return;
      }
    }
  }
}

package io.pekkoraft.testkit.linearizability;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keys for a load whose history is to be checked: a few at a time, each given up for a fresh one
 * after so many operations, or when so many of them may be under way or have an unknown outcome.
 * Each of those doubles, at worst, what a search has to look at. Thread-safe.
 */
public final class RotatingKeys {
  private final String prefix;
  private final int maxOperations;
  private final int maxOpen;
  private final List<Use> present = new ArrayList<>();
  private final Map<String, Use> byKey = new HashMap<>();
  private long made;

  private static final class Use {
    private final String key;
    private int operations;
    private int open;

    private Use(String key) {
      this.key = key;
    }
  }

  /**
   * @param prefix of all keys
   * @param atOnce keys that are in use at a time
   * @param maxOperations after which a key is not handed out any more
   * @param maxOpen operations of a key that have not ended, or whose outcome is unknown
   */
  public RotatingKeys(String prefix, int atOnce, int maxOperations, int maxOpen) {
    this.prefix = prefix;
    this.maxOperations = maxOperations;
    this.maxOpen = maxOpen;
    for (int i = 0; i < atOnce; i++) {
      present.add(fresh());
    }
  }

  private Use fresh() {
    Use use = new Use(prefix + made++);
    byKey.put(use.key, use);
    return use;
  }

  /**
   * A key for one operation, which is open until {@link #ended}.
   *
   * @param random at least 0: keys are taken by its remainder
   */
  public synchronized String take(int random) {
    int slot = random % present.size();
    Use use = present.get(slot);
    if (use.operations >= maxOperations || use.open >= maxOpen) {
      byKey.remove(use.key);
      use = fresh();
      present.set(slot, use);
    }
    use.operations++;
    use.open++;
    return use.key;
  }

  /** An operation with this key ended, and its outcome is known. If it is not: do not call this. */
  public synchronized void ended(String key) {
    Use use = byKey.get(key);
    if (use != null) {
      use.open--;
    }
  }

  /** Keys that {@link #take} chooses among at present. */
  public synchronized List<String> present() {
    return present.stream().map(use -> use.key).toList();
  }

  /** Keys so far. */
  public synchronized long made() {
    return made;
  }
}

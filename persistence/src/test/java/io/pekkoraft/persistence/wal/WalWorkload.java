package io.pekkoraft.persistence.wal;

import io.pekkoraft.persistence.file.TracedStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Work on a log in which everything happens that the writer does: batches of one and of several
 * requests, events of several sectors and of zeros, deletions, refused duplicates, idle marks,
 * segments that follow each other, are rewritten and dropped, and clean restarts.
 */
final class WalWorkload {
  private static final List<String> IDS = List.of("a", "b", "quiet", "large");

  private final TracedStorage storage;
  private final WalHistory history;
  private final Random random;
  private SteppedStore log;

  private WalWorkload(TracedStorage storage, WalHistory history, long seed) throws IOException {
    this.storage = storage;
    this.history = history;
    this.random = new Random(seed);
    this.log = SteppedStore.open(storage.provider());
  }

  /** Works {@code steps} steps on {@code storage} and returns what was asked and confirmed. */
  static WalHistory run(TracedStorage storage, long seed, int steps) throws IOException {
    WalHistory history = new WalHistory(storage::position);
    run(storage, history, seed, steps);
    return history;
  }

  /**
   * The same, adding to a history, so that it is known also if this throws. Work goes on after the
   * store has failed, as its callers would.
   */
  static void run(TracedStorage storage, WalHistory history, long seed, int steps)
      throws IOException {
    WalWorkload workload = new WalWorkload(storage, history, seed);
    for (int step = 0; step < steps; step++) {
      workload.step();
    }
    workload.log.run();
    workload.log.fireTimers();
    workload.latchIfEnded();
  }

  private void step() throws IOException {
    String id = IDS.get(random.nextInt(IDS.size()));
    int choice = random.nextInt(20);
    if (choice < 13) {
      write(id);
    } else if (choice < 16) {
      delete(id);
    } else if (choice == 16) {
      log.fireTimers();
    } else if (choice == 17) {
      history.write(log.store(), "a", Math.max(1, history.highestAsked("a")), List.of("again"));
    } else if (choice == 18 && random.nextInt(3) == 0) {
      restart();
    }
    int then = random.nextInt(4);
    if (then == 0) {
      log.runWriter();
    } else if (then > 1) {
      log.run();
    }
    latchIfEnded();
  }

  private void latchIfEnded() {
    if (log.store().ended() != null) {
      history.latch();
    }
  }

  private void write(String id) {
    if (id.equals("quiet") && random.nextInt(4) != 0) {
      return;
    }
    List<String> texts = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      int size = id.equals("large") ? random.nextInt(3000) : random.nextInt(500);
      texts.add((random.nextInt(4) == 0 ? "\0" : "x").repeat(size));
    }
    history.write(log.store(), id, history.highestAsked(id) + 1, texts);
  }

  private void delete(String id) {
    long highest = history.highestAsked(id);
    if (!id.equals("quiet") && highest > 0) {
      history.deleteTo(log.store(), id, Math.max(1, highest - random.nextInt(3)));
    }
  }

  private void restart() throws IOException {
    log.run();
    log.store().close();
    log = SteppedStore.open(storage.provider());
    history.restarted(log);
  }
}

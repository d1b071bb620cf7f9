package io.pekkoraft.persistence.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.Allocation;
import io.pekkoraft.persistence.Figures;
import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.TracedStorage;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Log files that are not as they were written, half of them with checksums that are right. More
 * with {@code -Draft.mutations=100000}.
 */
class MutatedLogTest {
  private static final int MUTATIONS = Integer.getInteger("raft.mutations", 8000);

  /** Read before it counts, as loading classes costs memory too. */
  private static final int WARM_UP = 500;

  /** What is allocated however small the files are: names, index, messages, stack traces. */
  private static final long BASE = 256 << 10;

  private boolean counts;
  private int refused;
  private int beyondSalvage;
  private long most;

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void a_mutated_log_is_read_or_refused_by_name_and_never_costs_more_than_twice_its_size()
      throws IOException {
    TracedStorage storage = TracedStorage.empty();
    WalWorkload.run(storage, 7, 90);
    Map<String, byte[]> files = storage.durable();
    assertThat(files).hasSizeGreaterThan(2);
    assertThat(files.values()).as("a recycled segment").anyMatch(SegmentFormat::isRecycled);
    Random random = new Random(42);
    for (int i = -WARM_UP; i < MUTATIONS; i++) {
      Map<String, byte[]> mutated = Mutations.mutate(files, random);
      if (i == 0) {
        refused = 0;
        beyondSalvage = 0;
        most = 0;
        counts = true;
      }
      read(i % 2 == 0 ? mutated : Seals.reseal(mutated));
    }
    Figures.write(
        "Mutated logs",
        Figures.line("logs read", MUTATIONS),
        Figures.line("refused by name", refused),
        Figures.line(
            "bytes of one", files.values().stream().mapToLong(bytes -> bytes.length).sum()),
        Figures.line("of which nothing can be saved", beyondSalvage),
        Figures.line("bytes allocated in all to read it or save what can be, at most", most));
    assertThat(refused).isBetween(MUTATIONS / 4, MUTATIONS - 1);
  }

  private void read(Map<String, byte[]> files) throws IOException {
    boolean opens = false;
    try {
      opens = measured(files, WalRecovery::recover) != null;
    } catch (WalException named) {
      refused++;
    }
    try {
      RecoveredWal unused = measured(files, WalRecovery::recoverOrSalvage);
    } catch (WalException named) {
      beyondSalvage++;
    }
    if (opens) {
      readAll(files);
    }
  }

  /** Reads a log in one way or the other. */
  private interface Reading {
    @Nullable RecoveredWal of(Storage storage) throws IOException;
  }

  /** All that a reading allocates, the dead with the living, is bounded. */
  private @Nullable RecoveredWal measured(Map<String, byte[]> files, Reading reading)
      throws IOException {
    ReadOnlyStorage storage = new ReadOnlyStorage(TracedStorage.of(files));
    long size = files.values().stream().mapToLong(bytes -> bytes.length).sum();
    Allocation allocation = new Allocation();
    try {
      return reading.of(storage);
    } finally {
      long allocated = allocation.bytes();
      most = Math.max(most, allocated);
      if (counts) {
        assertThat(allocated).isLessThanOrEqualTo(2 * size + BASE);
      }
    }
  }

  /** What is not refused can be read, and written to. */
  private static void readAll(Map<String, byte[]> files) throws IOException {
    SteppedStore store = SteppedStore.open(TracedStorage.of(files).provider());
    try {
      for (String id : new String[] {"a", "b", "quiet", "large"}) {
        store.replay(id);
      }
      LogFixture.Result result = new LogFixture.Result();
      store.store().write(List.of(LogFixture.event("new", 1, "x")), result);
      store.run();
      assertThat(result.isDone()).isTrue();
    } catch (WalException named) {
      // A record that contradicts the index, or a number that cannot be raised.
      assertThat(named).isNotNull();
    }
  }
}

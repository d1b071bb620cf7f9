package io.pekkoraft.persistence.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.Allocation;
import io.pekkoraft.persistence.Figures;
import io.pekkoraft.persistence.file.TracedStorage;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Log files that are not as they were written, half of them with checksums that are right. More
 * with {@code -Draft.mutations=100000}.
 */
class MutatedLogTest {
  private static final int MUTATIONS = Integer.getInteger("raft.mutations", 8000);

  /** What is allocated however small the files are: names, index, messages, stack traces. */
  private static final long BASE = 256 << 10;

  private int refused;
  private long most;

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void a_mutated_log_is_read_or_refused_by_name_and_never_costs_more_than_twice_its_size()
      throws IOException {
    TracedStorage storage = TracedStorage.empty();
    WalWorkload.run(storage, 7, 90);
    Map<String, byte[]> files = storage.durable();
    assertThat(files).hasSizeGreaterThan(2);
    for (int i = 0; i < 100; i++) {
      readAll(files); // so that loading classes is not counted
    }
    read(files);
    Random random = new Random(42);
    for (int i = 0; i < MUTATIONS; i++) {
      Map<String, byte[]> mutated = Mutations.mutate(files, random);
      read(i % 2 == 0 ? mutated : Seals.reseal(mutated));
    }
    Figures.write(
        "Mutated logs",
        Figures.line("logs read", MUTATIONS),
        Figures.line("refused by name", refused),
        Figures.line(
            "bytes of one", files.values().stream().mapToLong(bytes -> bytes.length).sum()),
        Figures.line("bytes allocated to read it, at most", most));
    assertThat(refused).isBetween(MUTATIONS / 4, MUTATIONS - 1);
  }

  private void read(Map<String, byte[]> files) throws IOException {
    TracedStorage storage = TracedStorage.of(files);
    ReadOnlyStorage readOnly = new ReadOnlyStorage(storage);
    long size = files.values().stream().mapToLong(bytes -> bytes.length).sum();
    Allocation allocation = new Allocation();
    boolean opens = false;
    try {
      opens = WalRecovery.recover(readOnly) != null;
    } catch (WalException named) {
      refused++;
    }
    long allocated = allocation.bytes();
    most = Math.max(most, allocated);
    assertThat(allocated).isLessThanOrEqualTo(2 * size + BASE);
    if (opens) {
      readAll(files);
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

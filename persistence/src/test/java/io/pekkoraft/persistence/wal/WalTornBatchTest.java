package io.pekkoraft.persistence.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.file.MemoryStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A power loss while the last batch was on its way: it goes, and nothing else does. */
class WalTornBatchTest {
  private static final int SECTOR = BatchHeader.SECTOR;
  private static final String SEGMENT = SegmentFormat.fileName(1);

  /** The same log without and with its last batch. */
  private record LastBatch(Map<String, byte[]> without, Map<String, byte[]> with, int at, int end) {
    static LastBatch of(String payload) {
      LogFixture log = new LogFixture();
      log.write("a", 1, "one");
      log.write("b", 1, "other");
      log.write("a", 2, "two");
      Map<String, byte[]> without = log.storage.durable();
      int at = end(without);
      log.write("a", 3, payload);
      Map<String, byte[]> with = log.storage.durable();
      return new LastBatch(without, with, at, end(with));
    }

    private static int end(Map<String, byte[]> files) {
      byte[] segment = segment(files);
      int end = segment.length;
      while (segment[end - 1] == 0) {
        end--;
      }
      return end;
    }

    Map<String, byte[]> cutAt(int cut) {
      Map<String, byte[]> files = new HashMap<>(without);
      byte[] segment = segment(without).clone();
      System.arraycopy(segment(with), at, segment, at, cut - at);
      files.put(SEGMENT, segment);
      return files;
    }

    int sectors() {
      return (end - at) / SECTOR;
    }

    /** Only the sectors whose bit is set in {@code kept} arrived. */
    Map<String, byte[]> withSectors(long kept) {
      Map<String, byte[]> files = new HashMap<>(without);
      byte[] segment = segment(without).clone();
      for (int i = 0; i < sectors(); i++) {
        if ((kept >> i & 1) != 0) {
          System.arraycopy(segment(with), at + i * SECTOR, segment, at + i * SECTOR, SECTOR);
        }
      }
      files.put(SEGMENT, segment);
      return files;
    }
  }

  private static byte[] segment(Map<String, byte[]> files) {
    return Objects.requireNonNull(files.get(SEGMENT));
  }

  @Test
  void the_last_batch_may_be_cut_at_every_byte() {
    String payload = "p".repeat(1200);
    LastBatch batch = LastBatch.of(payload);
    assertThat(batch.sectors()).isGreaterThanOrEqualTo(3);

    for (int cut = batch.at(); cut < batch.end(); cut++) {
      LogFixture reopened = LogFixture.reopened(batch.cutAt(cut));
      assertThat(reopened.replay("a")).as("cut at %s", cut).containsExactly("1 one", "2 two");
      assertThat(reopened.replay("b")).containsExactly("1 other");
    }
    assertThat(LogFixture.reopened(batch.cutAt(batch.end())).replay("a"))
        .containsExactly("1 one", "2 two", "3 " + payload);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "\0"})
  void any_sectors_of_the_last_batch_may_be_lost(String filling) {
    String payload = filling.repeat(3000);
    LastBatch batch = LastBatch.of(payload);
    long all = (1L << batch.sectors()) - 1;

    for (long kept = 0; kept < all; kept++) {
      LogFixture reopened = LogFixture.reopened(batch.withSectors(kept));
      int zeros = filling.equals("\0") ? reopened.replay("a").size() : 2;
      // Losing sectors of zeros loses nothing: then the batch is whole.
      assertThat(reopened.replay("a")).startsWith("1 one", "2 two").hasSize(zeros);
      if (zeros == 3) {
        assertThat(reopened.replay("a")).last().isEqualTo("3 " + payload);
      }
    }
  }

  @Test
  void a_torn_batch_is_wiped_so_that_its_remains_never_come_back() {
    LastBatch batch = LastBatch.of("p".repeat(3000));
    // What is left of it stands behind the next batch, or begins where the one after that would.
    for (long kept : new long[] {~1L & ~4L, ~1L}) {
      LogFixture first = LogFixture.reopened(batch.withSectors(kept));
      assertThat(first.write("a", 3, "another three").succeeded()).isTrue();

      LogFixture second = LogFixture.reopened(first.storage.durable());
      assertThat(second.replay("a")).containsExactly("1 one", "2 two", "3 another three");
    }
  }

  @Test
  void a_batch_that_was_read_at_a_start_is_durable_from_then_on() {
    LogFixture log = new LogFixture();
    log.write("a", 1, "one");
    Map<String, byte[]> killed = new HashMap<>();
    log.storage.beforeFlush(() -> killed.putAll(log.storage.content()));
    log.write("a", 2, "in memory only");

    // The process was killed, not the machine: the next one reads what was not flushed.
    LogFixture next = LogFixture.reopened(killed);
    assertThat(next.storage.calls()).contains("flush " + SEGMENT);
    assertThat(next.replay("a")).containsExactly("1 one", "2 in memory only");
  }

  /**
   * A seal was written and not flushed when the process was killed. The next one goes on behind it,
   * in the next segment, and what it confirms there proves that the seal was durable.
   */
  @Test
  void so_is_a_seal_behind_which_the_next_segment_is_empty() throws IOException {
    MemoryStorage storage = new MemoryStorage();
    LogFixture killed = new LogFixture(storage);
    storage.beforeFlush(
        () -> {
          if (endsWithASeal(segment(storage.content()))) {
            throw new IllegalStateException("killed");
          }
        });
    List<String> confirmed = new ArrayList<>();
    int number = 1;
    while (killed.write("a", number, "one of many".repeat(90)).succeeded()) {
      confirmed.add(number++ + " " + "one of many".repeat(90));
      assertThat(number).isLessThan(100);
    }
    assertThat(killed.store.ended()).hasRootCauseMessage("killed");
    assertThat(endsWithASeal(segment(storage.durable()))).isFalse();

    storage.beforeFlush(() -> {});
    LogFixture next = new LogFixture(storage);
    assertThat(next.write("a", number, "behind the seal").succeeded()).isTrue();
    confirmed.add(number + " behind the seal");
    Map<String, byte[]> files = storage.durable();
    RecoveredWal read = WalRecovery.recoverOrSalvage(MemoryStorage.of(files));
    assertThat(Objects.requireNonNull(read).isSalvaged()).as("taken for damaged").isFalse();
    assertThat(LogFixture.reopened(files).replay("a")).isEqualTo(confirmed);
  }

  private static boolean endsWithASeal(byte[] segment) {
    for (int at = SECTOR; at + SECTOR <= segment.length; at += SECTOR) {
      if (BatchHeader.isIntact(segment, at)
          && BatchHeader.decode(segment, at).kind() == BatchHeader.SEAL) {
        return true;
      }
    }
    return false;
  }
}

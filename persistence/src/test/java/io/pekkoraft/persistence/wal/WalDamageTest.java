package io.pekkoraft.persistence.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.persistence.file.MemoryStorage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Damage of what was acknowledged is named and refused, never cut off. */
class WalDamageTest {
  private static final String SEGMENT = SegmentFormat.fileName(1);

  private static Map<String, byte[]> someLog(boolean marked) {
    LogFixture log = new LogFixture();
    log.write("a", 1, "one");
    log.write("b", 1, "p".repeat(700));
    log.write("a", 2, "two");
    log.deleteTo("a", 1);
    if (marked) {
      log.fireTimers();
      log.fireTimers();
    }
    return log.storage.durable();
  }

  private static int end(byte[] segment) {
    int end = segment.length;
    while (segment[end - 1] == 0) {
      end--;
    }
    return end;
  }

  private static byte[] file(Map<String, byte[]> files, String name) {
    return Objects.requireNonNull(files.get(name));
  }

  private static Map<String, byte[]> with(Map<String, byte[]> files, String name, byte[] bytes) {
    Map<String, byte[]> changed = new HashMap<>(files);
    changed.put(name, bytes);
    return changed;
  }

  /** Opens it, and returns how many of both ids are served: all of an id's events, or none. */
  private static int served(Map<String, byte[]> files, String what) {
    LogFixture log;
    try {
      log = LogFixture.reopened(files);
    } catch (WalDamagedException refusal) {
      assertThat(refusal).as(what).hasMessageContaining("offset");
      return 0;
    }
    int served = served(log, what);
    log.run();
    log.fireTimers();
    assertThat(served(LogFixture.reopened(log.storage.durable()), what + ", the start after it"))
        .isEqualTo(served);
    return served;
  }

  private static int served(LogFixture log, String what) {
    return served(log, "a", 2, "2 two", what) + served(log, "b", 1, "1 " + "p".repeat(700), what);
  }

  private static int served(LogFixture log, String id, long highest, String events, String what) {
    try {
      assertThat(log.replay(id)).as(what).contains(events);
      assertThat(log.store.highest(id)).as(what).isEqualTo(highest);
      return 1;
    } catch (EventsLostException refusal) {
      assertThat(log.store.lost())
          .as(what)
          .containsAnyOf(
              Map.entry(id, log.store.lost().getOrDefault(id, "")),
              Map.entry("", "whatever follows 0"));
      return 0;
    }
  }

  @Test
  void with_any_bit_flipped_an_id_is_served_whole_or_refused() {
    Map<String, byte[]> files = someLog(false);
    int end = end(file(files, SEGMENT));
    int[] served = new int[3];
    for (int at = 0; at < end; at++) {
      byte[] damaged = file(files, SEGMENT).clone();
      damaged[at] ^= (byte) (1 << (at % 8));
      served[served(with(files, SEGMENT, damaged), "bit flipped in byte " + at)]++;
    }
    assertThat(served[0]).isPositive();
    assertThat(served[1]).isPositive();
  }

  @Test
  void a_flipped_bit_behind_the_end_harms_nothing() {
    Map<String, byte[]> files = someLog(false);
    int end = end(file(files, SEGMENT));
    for (int at = end; at < end + 2048; at++) {
      byte[] damaged = file(files, SEGMENT).clone();
      damaged[at] ^= (byte) (1 << (at % 8));
      if (served(with(files, SEGMENT, damaged), "bit flipped in byte " + at) < 2) {
        // A sector without a header but with content was never written like that.
        assertThat(at).isLessThan(end + 512);
      }
    }
  }

  @Test
  void lost_sectors_are_damage_where_a_later_batch_proves_that_they_were_written() {
    Map<String, byte[]> files = someLog(true);
    int end = end(file(files, SEGMENT));
    // The last sector is that of the mark, which acknowledges nothing.
    for (int at = SegmentFormat.HEADER_BYTES; at + 512 < end; at += 512) {
      byte[] damaged = file(files, SEGMENT).clone();
      Arrays.fill(damaged, at, at + 512, (byte) 0);
      LogFixture log = LogFixture.reopened(with(files, SEGMENT, damaged));
      assertThat(log.store.lost()).as("sector at %s lost", at).isNotEmpty();
    }
  }

  @Test
  void nothing_is_changed_in_a_directory_that_is_refused() {
    Map<String, byte[]> files = someLog(true);
    MemoryStorage storage = MemoryStorage.of(with(files, SegmentFormat.STORE_FILE, new byte[36]));
    assertThatThrownBy(() -> new LogFixture(storage)).isInstanceOf(WalDamagedException.class);
    assertThat(storage.calls()).isEmpty();
  }

  @Test
  void a_missing_store_file_or_a_missing_only_segment_is_refused() {
    Map<String, byte[]> files = someLog(true);
    for (String name : files.keySet()) {
      Map<String, byte[]> rest = new HashMap<>(files);
      rest.remove(name);
      assertThatThrownBy(() -> LogFixture.reopened(rest))
          .as("without %s", name)
          .isInstanceOf(WalDamagedException.class)
          .hasMessageContaining("missing");
    }
  }

  /** As if creating the log had been interrupted: then it would be deleted. */
  @Test
  void
      a_segment_whose_store_file_is_missing_is_not_taken_for_unused_because_it_starts_with_zeros() {
    Map<String, byte[]> files = new HashMap<>(someLog(true));
    files.remove(SegmentFormat.STORE_FILE);
    byte[] segment = file(files, SEGMENT).clone();
    Arrays.fill(segment, 0, SegmentFormat.HEADER_BYTES + BatchHeader.SECTOR, (byte) 0);
    files.put(SEGMENT, segment);
    MemoryStorage storage = MemoryStorage.of(files);
    assertThatThrownBy(() -> new LogFixture(storage))
        .isInstanceOf(WalDamagedException.class)
        .hasMessageContaining("the store file is missing");
    assertThat(storage.calls()).isEmpty();
  }

  @Test
  void a_segment_of_another_store_is_refused() {
    Map<String, byte[]> files = someLog(true);
    Map<String, byte[]> mixed = with(files, SEGMENT, file(someLog(true), SEGMENT));
    assertThatThrownBy(() -> LogFixture.reopened(mixed))
        .isInstanceOf(WalDamagedException.class)
        .hasMessageContaining("another store");
  }

  @Test
  void a_batch_of_another_life_at_the_same_place_is_refused() {
    Map<String, byte[]> start = someLog(true);
    LogFixture one = LogFixture.reopened(start);
    one.write("a", 3, "this");
    LogFixture other = LogFixture.reopened(start);
    int at = end(file(other.storage.durable(), SEGMENT));
    other.write("a", 3, "that");
    other.write("a", 4, "and on");

    // Whole in itself and with the right number, but the batch behind it was written after another.
    byte[] mixed = file(other.storage.durable(), SEGMENT);
    System.arraycopy(file(one.storage.durable(), SEGMENT), at, mixed, at, BatchHeader.SECTOR);
    assertThatThrownBy(() -> LogFixture.reopened(with(start, SEGMENT, mixed)))
        .isInstanceOf(WalDamagedException.class)
        .hasMessageContaining("does not follow");
  }

  @Test
  void files_of_somebody_else_are_left_alone() {
    assertThatThrownBy(() -> LogFixture.reopened(Map.of("letter.txt", new byte[] {1})))
        .isInstanceOf(ForeignDirectoryException.class)
        .hasMessageContaining("letter.txt");
  }

  @Test
  void a_later_format_is_refused_by_its_version() {
    Map<String, byte[]> files = someLog(true);
    byte[] segment = file(files, SEGMENT).clone();
    int at = SegmentFormat.HEADER_BYTES;
    segment[at + 4] = BatchHeader.VERSION + 1;
    Bytes.putInt(segment, at + 72, Bytes.crc32c(segment, at, 72));
    assertThatThrownBy(() -> LogFixture.reopened(with(files, SEGMENT, segment)))
        .isInstanceOf(UnsupportedWalVersionException.class)
        .hasMessageContaining("version 3");
  }

  @Test
  void mutated_files_never_yield_an_event_that_was_not_written() {
    LogFixture log = new LogFixture();
    Map<String, List<String>> written = new HashMap<>();
    for (int i = 1; i <= 120; i++) {
      String id = "id-" + i % 3;
      String text = ("event " + i + " ").repeat(1 + i % 90);
      log.write(id, i, text);
      written.computeIfAbsent(id, key -> new ArrayList<>()).add(i + " " + text);
    }
    Map<String, byte[]> files = log.storage.durable();
    assertThat(files.keySet()).hasSizeGreaterThan(2);

    Random random = new Random(20261121);
    int refused = 0;
    for (int round = 0; round < 2000; round++) {
      Map<String, byte[]> mutated = Mutations.mutate(files, random);
      try {
        LogFixture reopened = LogFixture.reopened(mutated);
        written.forEach((id, events) -> assertThat(events).containsAll(reopened.replay(id)));
        assertThat(reopened.write("id-0", 1_000_000, "goes on").succeeded()).isTrue();
      } catch (WalException named) {
        refused++;
      }
    }
    assertThat(refused).isBetween(500, 1999);
  }
}

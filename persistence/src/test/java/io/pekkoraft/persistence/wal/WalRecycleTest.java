package io.pekkoraft.persistence.wal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.file.MemoryStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Segments whose file was one before: torn is told from damaged over old content too. */
class WalRecycleTest {
  private static final int SECTOR = BatchHeader.SECTOR;
  private static final int EMPTY_RECORD = RecordFormat.encodedLength(LogFixture.event("a", 1, ""));

  /** What the events of a log look like. */
  enum Filling {
    /** No two sectors are equal. */
    DIFFERENT,
    /** Most sectors are as those of the event before at this place. */
    CONSTANT,
    ZEROS,
    /** Of all these kinds, over each other. */
    MIXED,
    /** The last sector of a batch holds nothing but its last byte. */
    TO_THE_BRIM;

    String text(int number) {
      return switch (this) {
        case DIFFERENT -> different(number);
        case CONSTANT -> "x".repeat(3000);
        case ZEROS -> "\0".repeat(3000);
        case MIXED ->
            List.of(DIFFERENT, CONSTANT, ZEROS).get(new Random(number).nextInt(3)).text(number);
        case TO_THE_BRIM -> "x".repeat(5 * SECTOR - BatchHeader.BYTES - EMPTY_RECORD);
      };
    }

    private static String different(int number) {
      StringBuilder text = new StringBuilder();
      new Random(number).ints(3000, 32, 127).forEach(text::appendCodePoint);
      return text.toString();
    }
  }

  @Test
  void a_dropped_segment_is_used_again() throws IOException {
    RecycledLog recycled = RecycledLog.of(Filling.DIFFERENT::text);
    recycled.log.storage.calls().clear();
    for (int i = 0; i < 100; i++) {
      recycled.write();
      assertThat(recycled.log.storage.list().stream().filter(SegmentFormat::isTemporary))
          .hasSizeLessThanOrEqualTo(2);
    }
    assertThat(recycled.log.storage.calls())
        .anyMatch(call -> call.matches("rename [0-9a-f]{16}\\.wal"))
        .as("no file was deleted, and so none was made")
        .noneMatch(call -> call.startsWith("delete"));
    List<String> events = recycled.log.replay("a");
    LogFixture reopened = LogFixture.reopened(recycled.files());
    assertThat(reopened.replay("a")).isEqualTo(events).isNotEmpty();
    assertThat(reopened.storage.list()).noneMatch(SegmentFormat::isTemporary);
  }

  @Test
  void the_name_of_a_spared_file_is_durable_before_it_is_written_to() throws IOException {
    List<String> calls = RecycledLog.of(Filling.DIFFERENT::text).log.storage.calls();
    int spared = 0;
    for (int i = 0; i < calls.size(); i++) {
      if (calls.get(i).matches("rename .*\\.wal\\.tmp")) {
        assertThat(calls.get(i + 1)).isEqualTo("sync");
        spared++;
      }
    }
    assertThat(spared).isGreaterThan(3);
  }

  @Test
  void a_batch_of_the_former_use_where_the_next_would_start_is_the_end_of_the_log()
      throws IOException {
    RecycledLog recycled = RecycledLog.of(Filling.DIFFERENT::text);
    byte[] segment = RecycledLog.bytes(recycled.files(), recycled.newest());
    int end = RecycledLog.end(recycled.files(), recycled.newest());
    assertThat(BatchHeader.isIntact(segment, end)).isTrue();
    assertThat(BatchHeader.decode(segment, end).segment())
        .isLessThan(SegmentFormat.number(recycled.newest()));

    LogFixture reopened = LogFixture.reopened(recycled.files());
    assertThat(reopened.store.lost()).isEmpty();
    assertThat(reopened.replay("a")).isEqualTo(recycled.log.replay("a"));
  }

  @ParameterizedTest
  @EnumSource
  void any_sectors_of_the_last_batch_may_be_lost(Filling filling) throws IOException {
    RecycledLog recycled = RecycledLog.of(filling::text);
    for (int round = 0; round < 3; round++) {
      RecycledLog.Last last = recycled.writeLast();
      String text = filling.text(recycled.highest());
      int whole = assertCutOffOrWhole(last, recycled.highest() + " " + text);
      // Losing a sector that is as what stood there before loses nothing.
      int alike = last.header().zeroSectors() + last.header().stampedSectors();
      if (filling != Filling.MIXED) {
        assertThat(whole).isEqualTo(1 << alike);
        assertThat(alike > 0).isEqualTo(filling != Filling.DIFFERENT);
      }
    }
  }

  /** Loses any sectors of the last batch; returns in how many cases it is whole nevertheless. */
  private static int assertCutOffOrWhole(RecycledLog.Last last, String newest) {
    List<String> without = LogFixture.reopened(last.without()).replay("a");
    List<String> with = new ArrayList<>(without);
    with.add(newest);
    int whole = 0;
    for (long kept = 0; kept < 1L << last.sectors(); kept++) {
      LogFixture reopened = LogFixture.reopened(last.withSectors(kept));
      assertThat(reopened.store.lost()).as("kept %s", kept).isEmpty();
      boolean arrived = arrived(last, kept);
      whole += arrived ? 1 : 0;
      List<String> expected = arrived ? with : without;
      assertThat(reopened.replay("a").equals(expected)).as("kept %s", kept).isTrue();
      assertThat(reopened.write("b", 1, "next").succeeded()).isTrue();
      LogFixture again = LogFixture.reopened(reopened.storage.durable());
      assertThat(again.replay("a").equals(expected)).as("kept %s", kept).isTrue();
      assertThat(again.replay("b")).hasSize(1);
    }
    return whole;
  }

  /** What is wiped is zeros, in the midst of old content. */
  @ParameterizedTest
  @EnumSource
  void so_may_those_of_a_batch_where_a_torn_one_was_wiped(Filling filling) throws IOException {
    RecycledLog recycled = RecycledLog.of(filling::text);
    RecycledLog.Last torn = recycled.writeLast();
    Map<String, byte[]> wiped = LogFixture.reopened(torn.withSectors(0b1011)).storage.durable();
    assertThat(RecycledLog.end(wiped, torn.name())).as("a mark").isEqualTo(torn.at() + SECTOR);

    LogFixture log = LogFixture.reopened(wiped);
    String text = filling.text(recycled.highest());
    assertThat(log.write("a", recycled.highest(), text).succeeded()).isTrue();
    Map<String, byte[]> with = log.storage.durable();
    RecycledLog.Last last =
        new RecycledLog.Last(torn.name(), wiped, with, torn.at() + SECTOR, torn.end() + SECTOR);
    int whole = assertCutOffOrWhole(last, recycled.highest() + " " + text);
    assertThat(whole).isPositive();
  }

  private static boolean arrived(RecycledLog.Last last, long kept) {
    for (int i = 0; i < last.sectors(); i++) {
      boolean there =
          (kept >> i & 1) != 0
              || Arrays.equals(last.sector(last.with(), i), last.sector(last.without(), i));
      if (!there) {
        return false;
      }
    }
    return true;
  }

  @ParameterizedTest
  @EnumSource
  void a_damaged_sector_of_the_last_batch_is_never_taken_for_a_torn_one(Filling filling)
      throws IOException {
    RecycledLog recycled = RecycledLog.of(filling::text);
    RecycledLog.Last last = recycled.writeLast();
    for (int i = 0; i < last.sectors(); i++) {
      byte[] noise = new byte[SECTOR];
      new Random(i).nextBytes(noise);
      LogFixture reopened = LogFixture.reopened(last.withSector(i, noise));
      assertThat(reopened.store.lost()).as("sector %s", i).containsKey("a");

      byte[] flipped = last.sector(last.with(), i);
      flipped[100] ^= 4;
      reopened = LogFixture.reopened(last.withSector(i, flipped));
      if (reopened.store.lost().isEmpty()) {
        assertThat(i).as("only the padding").isEqualTo(last.sectors() - 1);
        assertThat(reopened.replay("a")).isEqualTo(recycled.log.replay("a"));
      }
    }
  }

  @Test
  void noise_behind_the_end_is_no_end() throws IOException {
    RecycledLog recycled = RecycledLog.of(Filling.DIFFERENT::text);
    Map<String, byte[]> files = new HashMap<>(recycled.files());
    byte[] segment = RecycledLog.bytes(files, recycled.newest()).clone();
    segment[RecycledLog.end(files, recycled.newest()) + 200] ^= 1;
    files.put(recycled.newest(), segment);
    assertThat(LogFixture.reopened(files).store.lost()).containsKey("a");
  }

  /**
   * The lost sector and the old one hold as many records, and no part of any: nothing but the stamp
   * tells them from those of the batch.
   */
  @Test
  void a_record_of_the_former_use_is_never_salvaged() throws IOException {
    int perBatch = 20;
    int inSector = 4;
    int overhead = RecordFormat.encodedLength(LogFixture.event("a", 1, ""));
    int length = SECTOR / inSector;
    int firstLength = (SECTOR - BatchHeader.BYTES) % length + length;
    RecycledLog recycled =
        RecycledLog.of(
            number -> {
              int record = number % perBatch == 1 ? firstLength : length;
              return "0".repeat(record - overhead - 6) + "%06d".formatted(number);
            },
            perBatch);
    RecycledLog.Last last = recycled.writeLast();
    int first = recycled.highest() - perBatch + 1;
    recycled.write();
    assertThat(recycled.newest()).isEqualTo(last.name());
    // The disk has lost one sector, long after it was confirmed: the old one shows, whole records.
    Map<String, byte[]> files = new HashMap<>(recycled.files());
    byte[] segment = RecycledLog.bytes(files, last.name()).clone();
    System.arraycopy(last.sector(last.without(), 2), 0, segment, last.at() + 2 * SECTOR, SECTOR);
    files.put(last.name(), segment);
    assertThat(wholeRecords(last.sector(last.without(), 2))).isEqualTo(inSector);
    assertThat(salvagedEvents(files, last.name()))
        .hasSizeGreaterThan(perBatch - 2 * inSector)
        .as("none of the numbers that the old sector has")
        .isSorted();

    LogFixture reopened = LogFixture.reopened(files);
    assertThat(reopened.store.lost()).containsOnlyKeys("a", "");
    int from = first + 1 + (2 * SECTOR - BatchHeader.BYTES - firstLength) / length;
    int to = from + inSector - 1;
    assertThat(reopened.store.lost()).containsEntry("a", from + " to " + to);
    assertThat(reopened.replay("a", to + 1, Long.MAX_VALUE, 99))
        .hasSize(recycled.highest() - to)
        .allMatch(event -> event.matches("(\\d+) 0*\\1"));
  }

  /** The numbers of the events that a salvage finds in a segment. */
  private static List<Long> salvagedEvents(Map<String, byte[]> files, String name)
      throws IOException {
    List<Long> numbers = new ArrayList<>();
    SalvageScanner.Visitor visitor =
        new SalvageScanner.Visitor() {
          @Override
          public void batch(BatchHeader header, int hash, boolean whole) {}

          @Override
          public void record(byte[] bytes, int at, int offset) {
            if (RecordFormat.type(bytes, at) == RecordFormat.EVENT) {
              numbers.add(RecordFormat.sequenceNr(bytes, at));
            }
          }

          @Override
          public void gap(int offset) {}
        };
    new SalvageScanner(
            MemoryStorage.of(files).open(name),
            SegmentFormat.number(name),
            RecycledLog.storeTag(files),
            new ReadBuffer(),
            visitor)
        .scan(true);
    return numbers;
  }

  private static int wholeRecords(byte[] sector) {
    int found = 0;
    for (int at = 0; at < SECTOR - RecordFormat.HEADER_BYTES; at++) {
      if (RecordFormat.isPlausible(sector, at, SECTOR)
          && RecordFormat.defect(sector, at, SECTOR) == null) {
        found++;
      }
    }
    return found;
  }

  /** The old sector and the new one are equal under any checksum of the polynomial of CRC-32C. */
  @Test
  void data_that_carries_checksums_of_its_own_is_not_mixed_with_older_data() throws IOException {
    RecycledLog recycled = RecycledLog.of(WalRecycleTest::withChecksums);
    List<String> before = recycled.log.replay("a");
    RecycledLog.Last last = recycled.writeLast();
    assertThat(last.header().stampedSectors()).isEqualTo(2);
    for (long kept = 0; kept < (1L << last.sectors()) - 1; kept++) {
      LogFixture reopened = LogFixture.reopened(last.withSectors(kept));
      // Not acknowledged, so it may go, or be named as lost.
      if (reopened.store.lost().isEmpty()) {
        assertThat(reopened.replay("a")).as("kept %s", kept).isEqualTo(before);
      }
    }
  }

  private static String withChecksums(int number) {
    int start = EMPTY_RECORD - 4 + BatchHeader.BYTES;
    byte[] text = new byte[3 * SECTOR - start + 300];
    Random random = new Random(number);
    for (int at = 0; at < text.length; at++) {
      text[at] = (byte) random.nextInt(128);
    }
    for (int at = SECTOR - start; at + SECTOR <= text.length; at += SECTOR) {
      sealWithAscii(text, at);
    }
    return new String(text, ISO_8859_1);
  }

  /** Ends a sector in its own checksum; tries until that consists of characters of one byte. */
  private static void sealWithAscii(byte[] text, int at) {
    for (int attempt = 0; ; attempt++) {
      text[at] = (byte) (attempt & 127);
      text[at + 1] = (byte) (attempt >> 7 & 127);
      CRC32C crc = new CRC32C();
      crc.update(text, at, SECTOR - 4);
      int value = (int) crc.getValue();
      if ((value & 0x80808080) == 0) {
        for (int i = 0; i < 4; i++) {
          text[at + SECTOR - 4 + i] = (byte) (value >> (8 * i));
        }
        return;
      }
    }
  }

  @Test
  void damaged_stamps_matter_only_where_the_log_ends() throws IOException {
    RecycledLog recycled = RecycledLog.of(Filling.DIFFERENT::text);
    for (String name : recycled.segments()) {
      if (!SegmentFormat.isRecycled(RecycledLog.bytes(recycled.files(), name))) {
        continue;
      }
      Map<String, byte[]> files = new HashMap<>(recycled.files());
      byte[] segment = RecycledLog.bytes(files, name).clone();
      segment[SegmentFormat.HEADER_BYTES + 40] ^= 1;
      files.put(name, segment);
      LogFixture reopened = LogFixture.reopened(files);
      if (name.equals(recycled.newest())) {
        assertThat(reopened.store.lost())
            .containsEntry("a", "whatever follows " + recycled.highest());
        reopened.run();
        assertThat(reopened.storage.list()).contains(name + ".damaged");
      } else {
        assertThat(reopened.store.lost()).isEmpty();
        assertThat(reopened.replay("a")).isEqualTo(recycled.log.replay("a"));
      }
    }
  }

  @Test
  void damaged_stamps_are_damage_where_zeros_follow_too() throws IOException {
    RecycledLog.Last torn = RecycledLog.of(Filling.DIFFERENT::text).writeLast();
    Map<String, byte[]> wiped =
        new HashMap<>(LogFixture.reopened(torn.withSectors(0b1011)).storage.durable());
    byte[] segment = RecycledLog.bytes(wiped, torn.name()).clone();
    int end = RecycledLog.end(wiped, torn.name());
    assertThat(Bytes.allZero(segment, end, end + SECTOR)).isTrue();
    segment[SegmentFormat.HEADER_BYTES + 40] ^= 1;
    wiped.put(torn.name(), segment);

    LogFixture reopened = LogFixture.reopened(wiped);
    reopened.run();
    assertThat(reopened.storage.list()).contains(torn.name() + ".damaged");
    assertThat(reopened.write("b", 1, "x").succeeded()).isTrue();
  }

  @Test
  void the_header_of_a_recycled_segment_alone_costs_nothing() throws IOException {
    RecycledLog recycled = RecycledLog.of(Filling.DIFFERENT::text);
    Map<String, byte[]> files = new HashMap<>(recycled.files());
    byte[] segment = RecycledLog.bytes(files, recycled.newest()).clone();
    segment[40] ^= 1;
    files.put(recycled.newest(), segment);
    LogFixture reopened = LogFixture.reopened(files);
    assertThat(reopened.store.lost()).isEmpty();
    assertThat(reopened.replay("a")).isEqualTo(recycled.log.replay("a"));
  }

  /** Makes one kind of call fail in the background until a segment is made. */
  private static boolean nextIsRecycled(RecycledLog recycled, Runnable arm, Runnable disarm)
      throws IOException {
    String newest = recycled.newest();
    recycled.log.deleteTo("a", recycled.highest() - 1);
    assertThat(recycled.log.storage.list()).anyMatch(SegmentFormat::isTemporary);
    for (int i = 0; recycled.newest().equals(newest) && i < 40; i++) {
      recycled.log.submit("b" + i, 1, "x".repeat(1000));
      recycled.log.runWriterOnly();
      arm.run();
      recycled.log.run();
      disarm.run();
    }
    return SegmentFormat.isRecycled(RecycledLog.bytes(recycled.files(), recycled.newest()));
  }

  @Test
  void a_file_that_cannot_be_used_again_is_replaced_by_a_new_one() throws IOException {
    RecycledLog reads = RecycledLog.of(Filling.DIFFERENT::text);
    assertThat(nextIsRecycled(reads, () -> reads.log.storage.failReadAfter(0), () -> {})).isFalse();
    RecycledLog writes = RecycledLog.of(Filling.DIFFERENT::text);
    assertThat(
            nextIsRecycled(
                writes,
                () -> writes.log.storage.failWriteAfter(0),
                () -> writes.log.storage.failWriteAfter(Integer.MAX_VALUE)))
        .isFalse();
    for (RecycledLog recycled : List.of(reads, writes)) {
      assertThat(recycled.log.store.ended()).isNull();
      assertThat(recycled.log.storage.list()).noneMatch(SegmentFormat::isTemporary);
      assertThat(recycled.log.write("c", 1, "x").succeeded()).isTrue();
    }
    RecycledLog sound = RecycledLog.of(Filling.DIFFERENT::text);
    assertThat(nextIsRecycled(sound, () -> {}, () -> {})).isTrue();
  }
}

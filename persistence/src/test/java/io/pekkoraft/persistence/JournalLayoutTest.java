package io.pekkoraft.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.pekkoraft.layout.Frame;
import io.pekkoraft.layout.MalformedBytesException;
import io.pekkoraft.layout.UnsupportedVersionException;
import io.pekkoraft.log.ChainHash;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JournalLayoutTest {
  private static final String MANIFEST = "raft";
  private final JournalSerializer serializer = new JournalSerializer();

  @Test
  void the_bytes_are_those_of_version_1_for_good() throws IOException {
    List<String> written = new ArrayList<>();
    examples()
        .forEach(
            (name, value) ->
                written.add(name + " " + HexFormat.of().formatHex(serializer.toBinary(value))));

    assertThat(written).isEqualTo(golden());
  }

  @Test
  void the_bytes_of_version_1_stay_readable() throws IOException {
    List<Object> read = new ArrayList<>();
    for (String line : golden()) {
      read.add(read(HexFormat.of().parseHex(line.substring(line.indexOf(' ') + 1))));
    }

    assertThat(read).isEqualTo(List.copyOf(examples().values()));
  }

  @Test
  void what_is_written_is_read_again() {
    for (long seed = 0; seed < 50; seed++) {
      RandomJournal journal = new RandomJournal(seed);
      for (int i = 0; i < 40; i++) {
        LogBatch batch = journal.next();
        assertThat(read(serializer.toBinary(batch))).isEqualTo(batch);
        ByteBuffer buffer = ByteBuffer.allocateDirect(4096).position(5);
        serializer.toBinary(batch, buffer);
        assertThat(serializer.fromBinary(buffer.flip().position(5), MANIFEST)).isEqualTo(batch);
        assertThat(buffer.remaining()).isZero();
      }
    }
  }

  @Test
  void an_entry_costs_three_bytes_beside_its_payload() {
    List<LogEntry> entries = entries(4711, 30, 100, 20);
    int batch = serializer.toBinary(new LogBatch(new HardState(30, null), null, 0, entries)).length;

    assertThat(batch - 100 * 20).isLessThanOrEqualTo(100 * 3 + 40);
  }

  @Test
  void mutated_bytes_are_refused_by_the_named_exception_and_cost_little() {
    List<byte[]> records = new ArrayList<>();
    RandomJournal journal = new RandomJournal(3);
    for (int i = 0; i < 60; i++) {
      records.add(serializer.toBinary(journal.next()));
    }
    examples().values().forEach(value -> records.add(serializer.toBinary(value)));

    // Twice the same, so that the second time no class is loaded any more.
    readMutations(records, Long.MAX_VALUE);
    readMutations(records, 8192);
  }

  private void readMutations(List<byte[]> records, long allowedBesideTwiceTheSize) {
    Random random = new Random(42);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int accepted = 0;
    for (int i = 0; i < 40_000; i++) {
      byte[] record = mutate(records, random);
      boolean resealed = i % 2 == 0 && record.length > Frame.PROLOGUE_BYTES;
      if (resealed) {
        seal(record);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      Object value = readOrRefuse(record);
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertThat(allocated - 2L * record.length)
          .as("mutation %d", i)
          .isLessThan(allowedBesideTwiceTheSize);
      if (value != null) {
        accepted++;
        // Without a fitting checksum only an unchanged record passes; with one, a valid other one.
        assertThat(resealed || records.stream().anyMatch(known -> Arrays.equals(known, record)))
            .isTrue();
        assertThat(read(serializer.toBinary(value))).isEqualTo(value);
      }
    }
    assertThat(accepted).isBetween(100, 20_000);
  }

  private @Nullable Object readOrRefuse(byte[] record) {
    try {
      return read(record);
    } catch (MalformedBytesException e) {
      return null;
    }
  }

  @Test
  void a_payload_changed_under_a_fitting_checksum_is_found_by_the_chain_hash() {
    LogBatch batch = new LogBatch(new HardState(3, null), null, 0, entries(9, 3, 4, 50));
    byte[] record = serializer.toBinary(batch);
    record[record.length - 30] ^= 1;
    seal(record);

    assertThatThrownBy(() -> read(record))
        .isInstanceOf(MalformedBytesException.class)
        .hasMessageContaining("chain hash of entry 12@3");
  }

  @Test
  void another_version_is_refused_with_the_supported_range() {
    byte[] record = serializer.toBinary(RandomJournal.FOUNDED);
    record[1] = 2;

    assertThatThrownBy(() -> read(record))
        .isInstanceOf(UnsupportedVersionException.class)
        .hasMessageContaining("format version 2")
        .hasMessageContaining("reads only 1")
        .hasMessageContaining("upgrade this node");
  }

  @Test
  void what_could_not_be_read_again_is_not_written() {
    List<LogEntry> gap = new ArrayList<>(entries(1, 1, 3, 5));
    gap.remove(1);
    refusesToWrite(new LogBatch(new HardState(1, null), null, 0, gap));
    refusesToWrite(new LogBatch(new HardState(1L << 62, null), null, 0, List.of()));
    refusesToWrite(new LogBatch(new HardState(1, null), null, -1, List.of()));
    refusesToWrite(new LogBatch(new HardState(1, null), descriptor("x".repeat(256)), 0, List.of()));
    assertThatThrownBy(() -> serializer.toBinary("text"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("java.lang.String");
  }

  private void refusesToWrite(LogBatch batch) {
    assertThatThrownBy(() -> serializer.toBinary(batch))
        .isInstanceOf(MalformedBytesException.class);
  }

  private Object read(byte[] record) {
    return serializer.fromBinary(record, MANIFEST);
  }

  private static byte[] mutate(List<byte[]> records, Random random) {
    byte[] record = records.get(random.nextInt(records.size())).clone();
    switch (random.nextInt(4)) {
      case 0 -> {
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
          record[random.nextInt(record.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return record;
      }
      case 1 -> {
        return Arrays.copyOf(record, random.nextInt(record.length + 20));
      }
      case 2 -> {
        byte[] other = records.get(random.nextInt(records.size()));
        int cut = random.nextInt(Math.min(record.length, other.length));
        byte[] spliced = other.clone();
        System.arraycopy(record, 0, spliced, 0, cut);
        return spliced;
      }
      default -> {
        int at = random.nextInt(record.length);
        Arrays.fill(record, at, Math.min(record.length, at + 1 + random.nextInt(8)), (byte) -1);
        return record;
      }
    }
  }

  /** Makes the checksum fit, so that the checks behind it are reached. */
  private static void seal(byte[] record) {
    CRC32C crc = new CRC32C();
    crc.update(record, Frame.PROLOGUE_BYTES, record.length - Frame.PROLOGUE_BYTES);
    ByteBuffer.wrap(record).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(2, (int) crc.getValue());
  }

  private static Map<String, Object> examples() {
    Map<String, Object> examples = new LinkedHashMap<>();
    examples.put("founded", RandomJournal.FOUNDED);
    examples.put("term", new LogBatch(new HardState(5, null), null, 0, List.of()));
    examples.put("vote", new LogBatch(new HardState(300, NodeId.of("b")), null, 0, List.of()));
    examples.put("entries", new LogBatch(new HardState(2, null), null, 0, mixed()));
    examples.put("truncation", new LogBatch(new HardState(2, null), null, 1, mixed()));
    examples.put(
        "received-snapshot",
        new LogBatch(new HardState(9, NodeId.of("c")), descriptor("41-9.snapshot"), 0, List.of()));
    examples.put(
        "stored-snapshot", new StoredSnapshot(RandomJournal.FOUNDED, descriptor("41-9.snapshot")));
    return examples;
  }

  private static SnapshotDescriptor descriptor(String file) {
    return new SnapshotDescriptor(
        new LogPosition(9, 41),
        0x1122334455667788L,
        RandomJournal.CONFIGURATION,
        file,
        1_000_000,
        "00ffabcd");
  }

  /** A no-op of term 1, then two commands, the second one in term 2. */
  private static List<LogEntry> mixed() {
    LogEntry one = LogEntry.following(ChainHash.EMPTY, 1, 1, LogEntry.Kind.NO_OP, new byte[0]);
    LogEntry two = LogEntry.following(one.hash(), 2, 1, LogEntry.Kind.COMMAND, ascii("put x 1"));
    LogEntry three = LogEntry.following(two.hash(), 3, 2, LogEntry.Kind.COMMAND, ascii("put y 2"));
    return List.of(one, two, three);
  }

  private static List<LogEntry> entries(long firstIndex, long term, int count, int payloadBytes) {
    List<LogEntry> entries = new ArrayList<>();
    long hash = 99;
    for (int i = 0; i < count; i++) {
      LogEntry entry =
          LogEntry.following(
              hash, firstIndex + i, term, LogEntry.Kind.COMMAND, new byte[payloadBytes]);
      entries.add(entry);
      hash = entry.hash();
    }
    return entries;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Lines of a name and the bytes in hexadecimal. */
  private static List<String> golden() throws IOException {
    try (InputStream in = JournalLayoutTest.class.getResourceAsStream("journal-v1.golden")) {
      byte[] lines = Objects.requireNonNull(in).readAllBytes();
      return new String(lines, StandardCharsets.US_ASCII).lines().toList();
    }
  }
}

package io.pekkoraft.persistence.wal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.file.MemoryStorage;
import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** The bytes on disk are those of {@code docs/format.md}; a version never changes. */
class WalFormatTest {
  private static final UUID STORE = new UUID(0x0123456789ABCDEFL, 0x7EDCBA9876543210L);

  @Test
  void the_bytes_of_version_2_are_those_of_the_golden_file() throws IOException {
    BatchBuilder builder = new BatchBuilder();
    EventRecord event = event();
    builder.add(event, RecordFormat.encodedLength(event));
    builder.add(RecordFormat.DELETION, "id".getBytes(UTF_8), 9, 0);
    builder.add(RecordFormat.LOST, "id".getBytes(UTF_8), 11, 12);
    builder.add(RecordFormat.NOTHING_LOST_ABOVE, "id".getBytes(UTF_8), 14, 0);
    builder.finish(
        BatchHeader.DATA,
        STORE.getMostSignificantBits(),
        3,
        ofNewSegment(),
        1024,
        new LogEnd(2, 4096, 77, 41));
    String golden =
        String.join(
            "\n",
            HexFormat.of().formatHex(SegmentFormat.encodeStore(STORE)),
            HexFormat.of().formatHex(SegmentFormat.encodeHeader(STORE, 3, 1 << 20)),
            HexFormat.of().formatHex(builder.bytes(), 0, builder.length()),
            "");
    assertThat(golden).isEqualTo(resource("wal-v2.golden"));
  }

  @Test
  void a_batch_with_tags_is_of_version_3_and_has_the_bytes_of_its_golden_file() throws IOException {
    BatchBuilder builder = new BatchBuilder();
    EventRecord tagged = event().tagged(List.of("red", "blue", "", "red"));
    builder.add(tagged, RecordFormat.encodedLength(tagged));
    builder.finish(
        BatchHeader.DATA,
        STORE.getMostSignificantBits(),
        3,
        ofNewSegment(),
        1024,
        new LogEnd(2, 4096, 77, 41));
    assertThat(HexFormat.of().formatHex(builder.bytes(), 0, builder.length()) + "\n")
        .isEqualTo(resource("wal-v3.golden"));
    assertReadable(builder.bytes(), 3, tagged);
    assertThat(RecordFormat.decode(builder.bytes(), BatchHeader.BYTES).tagTexts())
        .containsExactly("", "blue", "red");
  }

  @Test
  void a_batch_of_version_2_is_read() throws IOException {
    byte[] batch = HexFormat.of().parseHex(resource("wal-v2.golden").lines().toList().get(2));
    assertReadable(batch, 2, event());
  }

  /** The golden file was made by a program that was written from the document alone. */
  @Test
  void a_recycled_segment_has_the_bytes_of_its_golden_file() throws IOException {
    int size = 16 << 10;
    MemoryStorage storage = new MemoryStorage();
    byte[] before = new byte[size];
    for (int sector = 0; sector < size / 512; sector += 2) {
      Arrays.fill(before, sector * 512, sector * 512 + 512, (byte) sector);
    }
    storage.create("before").write(0, before, 0, size);
    SegmentFiles.recycle(storage, "before", STORE, 9, size);
    StorageFile file = storage.open(SegmentFormat.fileName(9));
    SectorStamps stamps = SectorStamps.of(file, 9);
    byte[] start = new byte[stamps.firstBatch()];
    assertThat(file.read(0, start, 0, start.length)).isEqualTo(1024);

    byte[] payload = new byte[383 + 512 + 512 + 10];
    Arrays.fill(payload, 0, 383, (byte) 0x11); // to the end of the sector
    Arrays.fill(payload, 383 + 512, 383 + 1024, (byte) 4); // as the sector there was before
    Arrays.fill(payload, 383 + 1024, payload.length, (byte) 0x22);
    EventRecord event =
        EventRecord.of("a", 5, 7, "m", "writer", Payload.of(42, "s", payload), null);
    BatchBuilder builder = new BatchBuilder();
    builder.add(event, RecordFormat.encodedLength(event));
    builder.finish(
        BatchHeader.DATA,
        STORE.getMostSignificantBits(),
        9,
        stamps,
        1024,
        new LogEnd(8, 4096, 77, 41));
    String golden =
        String.join(
            "\n",
            HexFormat.of().formatHex(start),
            HexFormat.of().formatHex(builder.bytes(), 0, builder.length()),
            "");
    assertThat(golden).isEqualTo(resource("recycled-segment-v2.golden"));
  }

  private static SectorStamps ofNewSegment() throws IOException {
    StorageFile file = new MemoryStorage().create(SegmentFormat.fileName(3));
    byte[] header = SegmentFormat.encodeHeader(STORE, 3, 1 << 20);
    file.write(0, header, 0, header.length);
    return SectorStamps.of(file, 3);
  }

  private static void assertReadable(byte[] batch, int version, EventRecord first)
      throws IOException {
    assertThat(BatchHeader.isIntact(batch, 0)).isTrue();
    assertThat(BatchHeader.version(batch, 0)).isEqualTo(version);
    assertThat(BatchHeader.isSupported(version)).isTrue();
    BatchHeader header = BatchHeader.decode(batch, 0);
    assertThat(SegmentScanner.bodyDefect(header, batch, 0, ofNewSegment())).isNull();
    int body = BatchHeader.BYTES;
    assertThat(RecordFormat.defect(batch, body, body + header.bodyLength())).isNull();
    assertThat(RecordFormat.decode(batch, body)).usingRecursiveComparison().isEqualTo(first);
  }

  private static EventRecord event() {
    return EventRecord.of(
        "pekko-raft|c|g|n",
        17,
        1234567890123L,
        "event manifest",
        "a writer",
        Payload.of(1746203915, "raft", "payload".getBytes(UTF_8)),
        Payload.of(-5, "m", new byte[] {1, 2}));
  }

  @Test
  void a_batch_of_version_1_is_read() throws IOException {
    List<String> lines = resource("wal-v1.golden").lines().toList();
    byte[] batch = HexFormat.of().parseHex(lines.get(2));
    assertReadable(batch, 1, event());
  }

  @Test
  void a_store_of_version_1_is_read_and_gone_on_with() throws IOException {
    LogFixture log = LogFixture.reopened(store("store-v1.golden"));
    assertThat(log.replay("a")).containsExactly("2 two", "3 three");
    assertThat(log.replay("b")).containsExactly("1 " + "p".repeat(700));
    assertThat(log.write("a", 4, "four").succeeded()).isTrue();
    assertThat(LogFixture.reopened(log.storage.durable()).replay("a")).hasSize(3);
  }

  /** Written before segments were used again, with all that batches of version 2 and 3 may hold. */
  @Test
  void a_store_of_version_3_is_read_with_its_tags_and_losses_and_gone_on_with() throws IOException {
    LogFixture log = LogFixture.reopened(store("store-v3.golden"));
    assertThat(log.replay("a")).containsExactly("2 two", "3 three");
    assertThat(log.replay("b")).containsExactly("1 tagged", "2 " + "p".repeat(700));
    List<String> tags = new ArrayList<>();
    log.store.replay("b", 1, 1, 1, event -> tags.addAll(event.tagTexts()));
    assertThat(tags).containsExactly("blue", "red");
    assertThat(log.store.lost()).isEqualTo(Map.of("c", "1"));
    assertThat(log.replay("c", 2, 2, 1)).containsExactly("2 c2");
    assertThat(log.write("a", 4, "four").succeeded()).isTrue();
    LogFixture again = LogFixture.reopened(log.storage.durable());
    assertThat(again.replay("a")).hasSize(3);
    assertThat(again.store.lost()).isEqualTo(Map.of("c", "1"));
  }

  private static Map<String, byte[]> store(String golden) throws IOException {
    Map<String, byte[]> files = new HashMap<>();
    for (String line : resource(golden).lines().toList()) {
      String[] parts = line.split(" ", -1);
      byte[] content = HexFormat.of().parseHex(parts[2]);
      files.put(parts[0], Arrays.copyOf(content, Integer.parseInt(parts[1])));
    }
    return files;
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = WalFormatTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8);
    }
  }

  /** Reads a log with nothing but the document at hand. */
  @Test
  void another_program_can_read_the_log() {
    LogFixture log = new LogFixture();
    log.write("a", 1, "hello");
    log.write("a", 2, "world");
    Map<String, byte[]> files = log.storage.durable();
    ByteBuffer segment = ByteBuffer.wrap(Objects.requireNonNull(files.get("0000000000000001.wal")));

    int offset = 512;
    int kinds = 0;
    StringBuilder texts = new StringBuilder();
    while (segment.getInt(offset) == 0x50525742) {
      assertThat(segment.getInt(offset + 72)).isEqualTo(crc(segment, offset, 72));
      assertThat(segment.getInt(offset + 24)).isEqualTo(offset);
      kinds = kinds * 10 + segment.get(offset + 5);
      int record = offset + 80;
      for (int i = 0; i < segment.getInt(offset + 36); i++) {
        int length = segment.getInt(record + 4);
        assertThat(segment.getInt(record + length - 4)).isEqualTo(crc(segment, record, length - 4));
        if (segment.get(record) == 1) {
          int payload =
              record
                  + 40
                  + segment.getShort(record + 2)
                  + segment.getShort(record + 32)
                  + segment.getShort(record + 34)
                  + segment.getShort(record + 36);
          byte[] bytes = new byte[segment.getInt(record + 28)];
          segment.get(payload, bytes);
          texts.append(new String(bytes, UTF_8)).append(' ');
        }
        record += length;
      }
      int length = segment.getInt(offset + 28);
      assertThat(segment.get(offset + length - 1)).isEqualTo((byte) 0xA5);
      offset += length;
    }
    assertThat(kinds).as("opening, mark, data, data").isEqualTo(4211);
    assertThat(texts).hasToString("hello world ");
  }

  private static int crc(ByteBuffer buffer, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(from, length));
    return (int) crc.getValue();
  }
}

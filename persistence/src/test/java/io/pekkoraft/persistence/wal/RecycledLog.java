package io.pekkoraft.persistence.wal;

import io.pekkoraft.persistence.file.MemoryStorage;
import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * A log whose newest segment was used before, several times and all over, for batches of the same
 * size, so that an old header stands wherever a new one will.
 */
final class RecycledLog {
  private static final int SECTOR = BatchHeader.SECTOR;
  private static final int USES = 8;
  private static final int KEPT = 2;

  final LogFixture log = new LogFixture();
  private final IntFunction<String> texts;
  private final int perBatch;
  private int highest;

  private RecycledLog(IntFunction<String> texts, int perBatch) {
    this.texts = texts;
    this.perBatch = perBatch;
  }

  /** With one event a batch; the text of each is that of its number. */
  static RecycledLog of(IntFunction<String> texts) throws IOException {
    return of(texts, 1);
  }

  static RecycledLog of(IntFunction<String> texts, int perBatch) throws IOException {
    RecycledLog recycled = new RecycledLog(texts, perBatch);
    while (!recycled.isReady()) {
      recycled.write();
    }
    return recycled;
  }

  private boolean isReady() throws IOException {
    List<String> segments = segments();
    String last = segments.get(segments.size() - 1);
    return segments.size() > 1
        && SegmentFormat.number(last) >= USES
        && SegmentFormat.isRecycled(bytes(files(), last))
        && hasBatch(last);
  }

  private boolean hasBatch(String name) throws IOException {
    try (StorageFile file = log.storage.open(name)) {
      return new SegmentScanner(
              file, SegmentFormat.number(name), storeTag(files()), new ReadBuffer())
          .hasBatch();
    }
  }

  /** Writes one batch, and deletes what is older than a few. */
  void write() {
    LogFixture.Result written = new LogFixture.Result();
    EventRecord[] events = new EventRecord[perBatch];
    for (int i = 0; i < perBatch; i++) {
      events[i] = LogFixture.event("a", highest + 1 + i, texts.apply(highest + 1 + i));
    }
    log.store.write(Arrays.asList(events), written);
    log.run();
    if (!written.succeeded()) {
      throw new AssertionError(written.failure());
    }
    highest += perBatch;
    if (highest % (4 * perBatch) == 0) {
      log.deleteTo("a", highest - (long) KEPT * perBatch);
    }
  }

  int highest() {
    return highest;
  }

  List<String> segments() {
    return log.storage.list().stream().filter(SegmentFormat::isSegment).toList();
  }

  /** The name of the newest segment. */
  String newest() {
    List<String> segments = segments();
    return segments.get(segments.size() - 1);
  }

  Map<String, byte[]> files() {
    return log.storage.durable();
  }

  static byte[] bytes(Map<String, byte[]> files, String name) {
    return Objects.requireNonNull(files.get(name));
  }

  static long storeTag(Map<String, byte[]> files) {
    return SegmentFormat.decodeStore(bytes(files, SegmentFormat.STORE_FILE))
        .getMostSignificantBits();
  }

  static SectorStamps stamps(Map<String, byte[]> files, String name) throws IOException {
    return SectorStamps.of(MemoryStorage.of(files).open(name), SegmentFormat.number(name));
  }

  /** Where the batches of a sound segment end. */
  static int end(Map<String, byte[]> files, String name) throws IOException {
    StorageFile file = MemoryStorage.of(files).open(name);
    return new SegmentScanner(file, SegmentFormat.number(name), storeTag(files), new ReadBuffer())
        .scan(null, (header, bytes, from, to) -> {})
        .offset();
  }

  /** The log before and after one more batch, and where that stands. */
  record Last(String name, Map<String, byte[]> without, Map<String, byte[]> with, int at, int end) {
    int sectors() {
      return (end - at) / SECTOR;
    }

    BatchHeader header() {
      return BatchHeader.decode(bytes(with, name), at);
    }

    byte[] sector(Map<String, byte[]> files, int i) {
      return Arrays.copyOfRange(bytes(files, name), at + i * SECTOR, at + (i + 1) * SECTOR);
    }

    /** Of the batch, only the sectors whose bit is set have arrived. */
    Map<String, byte[]> withSectors(long kept) {
      Map<String, byte[]> files = new HashMap<>(without);
      byte[] segment = bytes(without, name).clone();
      for (int i = 0; i < sectors(); i++) {
        if ((kept >> i & 1) != 0) {
          System.arraycopy(sector(with, i), 0, segment, at + i * SECTOR, SECTOR);
        }
      }
      files.put(name, segment);
      return files;
    }

    /** The whole log, with one sector changed. */
    Map<String, byte[]> withSector(int i, byte[] content) {
      Map<String, byte[]> files = new HashMap<>(with);
      byte[] segment = bytes(with, name).clone();
      System.arraycopy(content, 0, segment, at + i * SECTOR, SECTOR);
      files.put(name, segment);
      return files;
    }
  }

  /** Writes one more batch. */
  Last writeLast() throws IOException {
    Map<String, byte[]> without = files();
    String name = newest();
    int at = end(without, name);
    write();
    Map<String, byte[]> with = files();
    return new Last(
        name, without, with, at, BatchHeader.decode(bytes(with, name), at).length() + at);
  }
}

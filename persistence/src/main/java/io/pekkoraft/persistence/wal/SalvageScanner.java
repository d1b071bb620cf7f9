package io.pekkoraft.persistence.wal;

import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a segment that may be damaged anywhere, and tells what in it is as it was written. A batch
 * whose body is damaged yields those of its records that are whole.
 */
final class SalvageScanner {
  private static final int SECTOR = BatchHeader.SECTOR;
  private static final int STEP = 1 << 20;

  private final String name;
  private final long segment;
  private final long size;
  private final long storeTag;
  private final FileWindow window;
  private final SectorStamps stamps;
  private final Visitor visitor;
  private final List<WalDamagedException> damage = new ArrayList<>();

  private int end;
  private int dirtyEnd;
  private boolean sealed;
  private boolean endsTorn;

  /** Takes what is found, in the order of the file. */
  interface Visitor {
    /**
     * A batch header that belongs where it stands.
     *
     * @param hash its checksum
     * @param whole whether the body behind it is as written
     */
    void batch(BatchHeader header, int hash, boolean whole);

    /** A whole record of the batch told last. */
    void record(byte[] bytes, int at, int offset);

    /** Between what was told before and what is told next, something was and is lost. */
    void gap(int offset);
  }

  SalvageScanner(StorageFile file, long segment, long storeTag, ReadBuffer buffer, Visitor visitor)
      throws IOException {
    this.name = SegmentFormat.fileName(segment);
    this.segment = segment;
    this.size = file.size();
    this.storeTag = storeTag;
    this.window = new FileWindow(file, (int) Math.min(STEP, size), buffer);
    this.stamps = SectorStamps.of(file, segment);
    this.visitor = visitor;
    this.end = stamps.firstBatch();
    this.dirtyEnd = end;
  }

  /**
   * Reads all of it.
   *
   * @param last whether nothing was written behind this segment, so that a torn batch at its end is
   *     no damage
   */
  void scan(boolean last) throws IOException {
    while (end + SECTOR <= size && !sealed) {
      int at = window.load(end, SECTOR);
      BatchHeader header = headerAt(at, end);
      if (header == null) {
        int next = findBatch(end + SECTOR);
        if (next < 0) {
          finishTail(at, last);
          return;
        }
        damaged(end, "a batch is not as written");
        visitor.gap(end);
        end = next;
      } else if (!batch(header, at, last)) {
        return;
      }
    }
    dirtyEnd = end;
  }

  /** Returns whether there is more to read. */
  private boolean batch(BatchHeader header, int headerAt, boolean last) throws IOException {
    int hash = BatchHeader.hash(window.bytes(), headerAt);
    int at = window.load(end, header.length());
    String defect = SegmentScanner.bodyDefect(header, window.bytes(), at, stamps);
    if (defect != null) {
      if (last && isTorn(header, at)) {
        endsTorn = true;
        dirtyEnd = endOfContent(end);
        return false;
      }
      // Looking for what follows may have moved the window.
      at = window.load(end, header.length());
    }
    boolean body = SegmentScanner.hasBody(header, window.bytes(), at, stamps);
    visitor.batch(header, hash, body);
    // If the checksum is wrong, as many records as stated may be others, of another place.
    boolean whole = records(header, at, defect != null) == header.records() && body;
    if (defect != null || !whole) {
      damaged(header.offset(), defect == null ? "a record is not as written" : defect);
    }
    if (!whole) {
      visitor.gap(header.offset());
    }
    sealed = header.kind() == BatchHeader.SEAL;
    end += header.length();
    return true;
  }

  private boolean isTorn(BatchHeader header, int at) throws IOException {
    boolean torn = SegmentScanner.isTorn(header, window.bytes(), at, stamps);
    return torn && findBatch(end + SECTOR) < 0;
  }

  /** Tells the whole records, and returns how many; behind a damaged one looks for the next. */
  private int records(BatchHeader header, int batchAt, boolean damaged) throws IOException {
    byte[] bytes = window.bytes();
    int from = batchAt + BatchHeader.BYTES;
    int to = from + header.bodyLength();
    int at = from;
    int found = 0;
    while (at < to) {
      boolean whole = RecordFormat.defect(bytes, at, to) == null;
      if (whole && damaged) {
        int next = at + RecordFormat.length(bytes, at);
        whole = !stamps.mayBeOfFormerUse(bytes, at, next, batchAt, header.offset());
      }
      if (whole) {
        found++;
        visitor.record(bytes, at, header.offset() + BatchHeader.BYTES + (at - from));
        at += RecordFormat.length(bytes, at);
      } else {
        at = nextRecord(bytes, at, to);
      }
    }
    return found;
  }

  /**
   * Where a whole record starts behind a damaged one: where that one ends, if it says so rightly.
   */
  private static int nextRecord(byte[] bytes, int damagedAt, int to) {
    int length =
        to - damagedAt < RecordFormat.HEADER_BYTES ? 0 : RecordFormat.length(bytes, damagedAt);
    int stated = length <= 0 || length > to - damagedAt ? to : damagedAt + length;
    if (stated < to && RecordFormat.defect(bytes, stated, to) == null) {
      return stated;
    }
    int at = damagedAt + 1;
    while (at < to
        && !(RecordFormat.isPlausible(bytes, at, to)
            && RecordFormat.defect(bytes, at, to) == null)) {
      at++;
    }
    return at;
  }

  /** What stands behind the last batch: nothing, a torn batch, or a damaged one. */
  private void finishTail(int at, boolean last) throws IOException {
    boolean cutOff = SegmentScanner.isCutOff(window.bytes(), at, end, stamps);
    if (!stamps.areReadable()) {
      damage.add(stamps.damaged());
    }
    dirtyEnd = endOfContent(end);
    if (!cutOff || (!last && dirtyEnd > end)) {
      damaged(end, "the batch header is not as written");
      visitor.gap(end);
    }
  }

  private @Nullable BatchHeader headerAt(int at, int offset) {
    byte[] bytes = window.bytes();
    if (at < 0 || !BatchHeader.isIntact(bytes, at)) {
      return null;
    }
    int version = BatchHeader.version(bytes, at);
    BatchHeader header = BatchHeader.decode(bytes, at);
    if (!header.standsAt(storeTag, segment, offset)) {
      return null;
    }
    if (!BatchHeader.isSupported(version)) {
      throw new UnsupportedWalVersionException(name, offset, version, BatchHeader.VERSION);
    }
    return header.isConsistent(size) ? header : null;
  }

  private int findBatch(int from) throws IOException {
    for (int offset = from; offset + SECTOR <= size; offset += SECTOR) {
      if (headerAt(window.load(offset, SECTOR), offset) != null) {
        return offset;
      }
    }
    return -1;
  }

  private int endOfContent(int from) throws IOException {
    int found = from;
    for (int offset = from; offset < size; offset += SECTOR) {
      int length = (int) Math.min(SECTOR, size - offset);
      int at = window.load(offset, length);
      if (at < 0) {
        break;
      }
      if (!stamps.isUnwritten(window.bytes(), at, length, offset)) {
        found = offset + length;
      }
    }
    return found;
  }

  private void damaged(int offset, String reason) {
    damage.add(new WalDamagedException(name, offset, reason));
  }

  /** What was found damaged, in the order of the file. */
  List<WalDamagedException> damage() {
    return damage;
  }

  /** Where the readable batches end. */
  int end() {
    return end;
  }

  /** Where what a torn batch has left ends. */
  int dirtyEnd() {
    return dirtyEnd;
  }

  /** Whether a batch with a good header stands behind the end that was not completely written. */
  boolean endsTorn() {
    return endsTorn;
  }

  /** Whether it ends without a seal and without the zeros that stand behind the last batch. */
  boolean isFull() {
    return !sealed && end + SECTOR > size;
  }

  boolean isSealed() {
    return sealed;
  }
}

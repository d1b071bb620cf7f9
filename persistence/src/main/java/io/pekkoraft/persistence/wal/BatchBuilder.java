package io.pekkoraft.persistence.wal;

import java.io.IOException;
import java.util.Arrays;

/** Collects records into the bytes of one batch. Reused from batch to batch by one thread. */
final class BatchBuilder {
  private static final int SECTOR = BatchHeader.SECTOR;
  private static final int KEPT_BYTES = 8 << 20;

  private byte[] bytes = new byte[64 << 10];
  private int end = BatchHeader.BYTES;
  private int records;
  private int version = BatchHeader.USUAL_VERSION;

  void reset() {
    if (bytes.length > KEPT_BYTES) {
      bytes = new byte[64 << 10];
    }
    end = BatchHeader.BYTES;
    records = 0;
    version = BatchHeader.USUAL_VERSION;
  }

  boolean isEmpty() {
    return records == 0;
  }

  /** Bytes that the batch will take in the segment. */
  int length() {
    return BatchHeader.batchLength(end - BatchHeader.BYTES);
  }

  byte[] bytes() {
    return bytes;
  }

  /** Adds an event and returns where it starts, in bytes from the start of the batch. */
  int add(EventRecord event, int length) {
    int at = reserve(length);
    RecordFormat.encode(event, length, bytes, at);
    noteVersion(at);
    return at;
  }

  /** Adds an event that takes the place of a lost one, and returns where it starts. */
  int addRestored(EventRecord event, int length) {
    int at = add(event, length);
    RecordFormat.markCopied(bytes, at, length);
    return at;
  }

  void add(int type, byte[] id, long sequenceNr, long second) {
    int at = reserve(RecordFormat.encodedLength(id));
    RecordFormat.encode(type, id, sequenceNr, second, bytes, at);
  }

  /** Adds the bytes of an event of another segment and returns where they start. */
  int addCopy(byte[] source, int from, int length) {
    int at = reserve(length);
    System.arraycopy(source, from, bytes, at, length);
    noteVersion(at);
    RecordFormat.markCopied(bytes, at, length);
    return at;
  }

  private void noteVersion(int at) {
    if (RecordFormat.hasTags(bytes, at)) {
      version = BatchHeader.VERSION;
    }
  }

  private int reserve(int length) {
    int at = end;
    // Room for the padding too, so that finishing never grows the array.
    bytes = Bytes.grow(bytes, Math.addExact(Math.addExact(at, length), SECTOR));
    end = at + length;
    records++;
    return at;
  }

  /** Completes the batch for its place, and returns the end of the log once it is durable. */
  LogEnd finish(
      int kind, long storeTag, long segment, SectorStamps stamps, int offset, LogEnd previous)
      throws IOException {
    int bodyLength = end - BatchHeader.BYTES;
    int length = length();
    Arrays.fill(bytes, end, length, (byte) 0);
    bytes[length - 1] = BatchHeader.BATCH_END;
    BatchHeader header =
        new BatchHeader(
            kind,
            storeTag,
            segment,
            offset,
            length,
            bodyLength,
            records,
            SectorStamps.zeroSectors(bytes, SECTOR, length),
            Math.min(
                BatchHeader.MANY, stamps.stampedSectors(bytes, SECTOR, length, offset + SECTOR)),
            stamps.bodyChecksum(bytes, BatchHeader.BYTES, bodyLength),
            previous);
    int hash = header.encode(version, bytes, 0);
    return new LogEnd(segment, offset + length, hash, previous.batchNumber() + 1);
  }
}

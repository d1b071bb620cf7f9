package io.pekkoraft.persistence.wal;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and verifies the whole log when it is opened. Nothing in the directory is changed before
 * everything was read and found good; then a torn last batch is wiped and left-over files go. If
 * something is damaged, {@link WalSalvage} finds out what is lost.
 */
final class WalRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(WalRecovery.class);

  private final Storage storage;
  private final ReadBuffer buffer;
  private final boolean inspecting;
  private final LogFold fold = new LogFold(true);
  private final WalIndex index = fold.index();
  private final Set<Long> expectedSegments = fold.expectedSegments();
  private SegmentScanner.@Nullable Tail tail;
  private long tailSegment;

  private WalRecovery(Storage storage, ReadBuffer buffer, boolean inspecting) {
    this.storage = storage;
    this.buffer = buffer;
    this.inspecting = inspecting;
  }

  /**
   * Recovers the log of a directory for somebody who looks at it, and so logs nothing.
   *
   * @return what was found, or null if the directory holds no log yet and one may be created
   */
  static @Nullable RecoveredWal recover(Storage storage) throws IOException {
    return new WalRecovery(storage, new ReadBuffer(), true).run();
  }

  /**
   * Recovers it for a store: what is done is logged, and damage is salvaged where it can be said
   * what is lost.
   */
  static @Nullable RecoveredWal recoverOrSalvage(Storage storage) throws IOException {
    ReadBuffer buffer = new ReadBuffer();
    try {
      return new WalRecovery(storage, buffer, false).run();
    } catch (WalDamagedException damage) {
      WalSalvage salvage = new WalSalvage(storage, buffer, damage);
      RecoveredWal salvaged = salvage.run();
      salvage.report(salvaged.missing());
      return salvaged;
    }
  }

  private @Nullable RecoveredWal run() throws IOException {
    List<String> files = storage.list();
    List<Long> segments =
        files.stream().filter(SegmentFormat::isSegment).map(SegmentFormat::number).toList();
    if (!files.contains(SegmentFormat.STORE_FILE)) {
      requireUnused(files, segments);
      deleteAll(files);
      return null;
    }
    UUID store = readStore(storage);
    if (segments.isEmpty()) {
      throw new WalDamagedException(SegmentFormat.fileName(1), 0, "all segments are missing");
    }
    for (long segment : segments) {
      scan(segment, store);
    }
    SegmentScanner.Tail end = requireTail(segments);
    requireAllSegments(segments);
    cleanUp(files, segments, end);
    return RecoveredWal.sound(store, index, end.end(), tailSegment, end.offset(), fold.isMarked());
  }

  /**
   * Without its store file this is a directory in which creating a log was interrupted, or none.
   */
  private void requireUnused(List<String> files, List<Long> segments) throws IOException {
    List<String> foreign =
        files.stream()
            .filter(name -> !SegmentFormat.isSegment(name))
            .filter(name -> !SegmentFormat.isTemporary(name))
            .toList();
    if (!foreign.isEmpty()) {
      throw new ForeignDirectoryException(storage.describe(), foreign);
    }
    for (long segment : segments) {
      if (segment != 1 || hasContent(segment)) {
        throw new WalDamagedException(
            SegmentFormat.STORE_FILE, 0, "the store file is missing, but there are segments");
      }
    }
  }

  private boolean hasContent(long segment) throws IOException {
    try (StorageFile file = storage.openForReading(SegmentFormat.fileName(segment))) {
      byte[] piece = new byte[64 << 10];
      long at = SegmentFormat.HEADER_BYTES;
      int read = file.read(at, piece, 0, piece.length);
      while (read > 0 && Bytes.allZero(piece, 0, read)) {
        at += read;
        read = file.read(at, piece, 0, piece.length);
      }
      return read > 0;
    }
  }

  private void deleteAll(List<String> files) throws IOException {
    for (String name : files) {
      storage.delete(name);
    }
  }

  static UUID readStore(Storage storage) throws IOException {
    try (StorageFile file = storage.openForReading(SegmentFormat.STORE_FILE)) {
      byte[] bytes = new byte[SegmentFormat.STORE_FILE_BYTES];
      if (file.size() != bytes.length || file.read(0, bytes, 0, bytes.length) != bytes.length) {
        throw new WalDamagedException(SegmentFormat.STORE_FILE, 0, "the file's length is wrong");
      }
      return SegmentFormat.decodeStore(bytes);
    }
  }

  private void scan(long segment, UUID store) throws IOException {
    String name = SegmentFormat.fileName(segment);
    try (StorageFile file = storage.openForReading(name)) {
      byte[] header = new byte[SegmentFormat.HEADER_BYTES];
      if (file.read(0, header, 0, header.length) < header.length) {
        throw new WalDamagedException(name, 0, "the segment header is cut off");
      }
      if (!SegmentFormat.checkHeader(header, segment, file.size()).equals(store)) {
        throw new WalDamagedException(name, 16, "the segment belongs to another store");
      }
      SegmentScanner scanner =
          new SegmentScanner(file, segment, store.getMostSignificantBits(), buffer);
      SegmentScanner.Tail before = tail;
      if (before != null && !before.sealed()) {
        requirePrepared(scanner, name, before);
        return;
      }
      index.addSegment(segment);
      LogEnd previous = segment == 1 ? LogEnd.NONE : null;
      if (before != null && tailSegment == segment - 1) {
        previous = before.end();
      }
      tail =
          scanner.scan(
              previous, (batch, bytes, from, to) -> fold.apply(batch, bytes, from, to, name));
      tailSegment = segment;
    }
  }

  /** A segment behind the open one was prepared, but cannot have been used yet. */
  private void requirePrepared(SegmentScanner scanner, String name, SegmentScanner.Tail before)
      throws IOException {
    if (scanner.hasBatch()) {
      throw new WalDamagedException(
          SegmentFormat.fileName(tailSegment),
          before.offset(),
          "the segment ends without a seal, but [" + name + "] holds a batch");
    }
  }

  private SegmentScanner.Tail requireTail(List<Long> segments) {
    SegmentScanner.Tail end = tail;
    if (end == null) {
      throw new IllegalStateException("no segment was read of " + segments);
    }
    if (end.sealed()) {
      throw new WalDamagedException(
          SegmentFormat.fileName(tailSegment + 1), 0, "the segment is missing, it was in use");
    }
    if (end.end().equals(LogEnd.NONE) && tailSegment != 1) {
      throw new WalDamagedException(
          SegmentFormat.fileName(tailSegment - 1), 0, "the segment is missing, it was in use");
    }
    if (end.offset() + BatchHeader.SECTOR > end.size()) {
      throw new WalDamagedException(
          SegmentFormat.fileName(tailSegment), end.offset(), "there is no room left for the seal");
    }
    return end;
  }

  private void requireAllSegments(List<Long> segments) {
    for (long segment : expectedSegments) {
      if (!segments.contains(segment)) {
        throw new WalDamagedException(
            SegmentFormat.fileName(segment), 0, "the segment is missing, it was in use");
      }
    }
    for (long segment : index.liveSegments()) {
      boolean unexpected = segment < tailSegment && !expectedSegments.contains(segment);
      // Nothing is expected if the log was never opened: the first segment without a batch.
      if (unexpected && !expectedSegments.isEmpty() && index.liveCount(segment) > 0) {
        throw new WalDamagedException(
            SegmentFormat.fileName(segment), 0, "the segment was dropped, but events live in it");
      }
    }
  }

  private void cleanUp(List<String> files, List<Long> segments, SegmentScanner.Tail end)
      throws IOException {
    if (end.torn()) {
      if (!inspecting) {
        LOG.warn(
            "Write-ahead log [{}]: the last batch, file [{}] offset {}, was not completely written"
                + " when the process ended. It was never acknowledged, and is cut off.",
            storage.describe(),
            SegmentFormat.fileName(tailSegment),
            end.offset());
      }
      wipe(end);
    }
    for (String name : files) {
      if (SegmentFormat.isTemporary(name)) {
        storage.delete(name);
      }
    }
    for (long segment : segments) {
      boolean prepared = segment > tailSegment;
      boolean dropped = segment < tailSegment && isDropped(segment);
      if (prepared || dropped) {
        storage.delete(SegmentFormat.fileName(segment));
        index.drop(segment);
      }
    }
    storage.syncDirectory();
  }

  private boolean isDropped(long segment) {
    return !expectedSegments.isEmpty()
        && !expectedSegments.contains(segment)
        && index.liveCount(segment) == 0;
  }

  /** Puts zeros there, so that nothing of the torn batch can ever be taken for a later one. */
  private void wipe(SegmentScanner.Tail end) throws IOException {
    wipe(storage, tailSegment, end.offset(), end.dirtyEnd());
  }

  static void wipe(Storage storage, long segment, int from, int to) throws IOException {
    try (StorageFile file = storage.open(SegmentFormat.fileName(segment))) {
      byte[] zeros = new byte[Math.min(64 << 10, to - from)];
      for (int offset = from; offset < to; offset += zeros.length) {
        file.write(offset, zeros, 0, Math.min(zeros.length, to - offset));
      }
      file.flush();
    }
  }
}

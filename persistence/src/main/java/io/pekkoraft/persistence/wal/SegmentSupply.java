package io.pekkoraft.persistence.wal;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes segments: of the file of a dropped one if there is one to spare, otherwise of zeros. Used
 * by background tasks, one at a time.
 */
final class SegmentSupply {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentSupply.class);

  /** Ids that delete at the same time empty two segments at once. */
  private static final int MOST_SPARES = 2;

  private final WalSettings settings;
  private final Storage storage;

  /** The files that are spared, under names that a start deletes. */
  private final Deque<String> spares = new ArrayDeque<>();

  SegmentSupply(WalSettings settings, Storage storage) {
    this.settings = settings;
    this.storage = storage;
  }

  /**
   * Takes the file of a segment that the log has dropped and nobody reads any more: keeps it if it
   * can be used and few are kept, or deletes it.
   */
  void takeBack(long segment) throws IOException {
    String name = SegmentFormat.fileName(segment);
    if (spares.size() == MOST_SPARES || sizeOf(name) != settings.segmentSize()) {
      storage.delete(name);
      storage.syncDirectory();
      return;
    }
    String kept = name + SegmentFormat.TEMPORARY_SUFFIX;
    storage.rename(name, kept);
    // Durable before it can be written to: under its old name it is read as what it was.
    storage.syncDirectory();
    spares.add(kept);
  }

  private long sizeOf(String name) throws IOException {
    try (StorageFile file = storage.openForReading(name)) {
      return file.size();
    }
  }

  /**
   * Makes a segment, which is durable when this returns.
   *
   * @throws SegmentFiles.FlushFailedException if the storage can be trusted no more
   * @throws IOException if there is no room for it
   */
  void make(UUID store, long segment, int size) throws IOException {
    for (String file = spares.poll(); file != null; file = spares.poll()) {
      if (size == settings.segmentSize() && recycle(file, store, segment, size)) {
        return;
      }
      storage.delete(file);
    }
    requireSpace(size);
    SegmentFiles.create(storage, store, segment, size);
  }

  private boolean recycle(String file, UUID store, long segment, int size)
      throws SegmentFiles.FlushFailedException {
    try {
      SegmentFiles.recycle(storage, file, store, segment, size);
      return true;
    } catch (SegmentFiles.FlushFailedException failed) {
      throw failed;
    } catch (IOException | RuntimeException failed) {
      LOG.warn(
          "Write-ahead log [{}]: [{}] cannot be used again; a new file takes its place",
          storage.describe(),
          file,
          failed);
      return false;
    }
  }

  private void requireSpace(int size) throws IOException {
    long usable = storage.usableBytes();
    if (usable - settings.freeSpaceReserve() < size) {
      throw new IOException(
          "the disk has "
              + usable
              + " bytes left; the next file takes "
              + size
              + ", and "
              + settings.freeSpaceReserve()
              + " are to remain free");
    }
  }
}

package io.pekkoraft.persistence.wal;

import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;

/**
 * Makes the last batch of a log that was just read durable.
 *
 * <p>It may be in the system's memory only: the process that wrote it was killed before its flush,
 * or that flush had failed. After a failed flush the system takes what it holds for flushed, so
 * asking again proves nothing; the bytes are written once more. All batches before it are durable,
 * or it would not have been written.
 */
final class LastBatch {
  private static final int SECTOR = BatchHeader.SECTOR;

  private LastBatch() {}

  /** Writes and flushes the batch that ends at {@code end} once more. */
  static void makeDurable(StorageFile file, long storeTag, LogEnd end) throws IOException {
    byte[] sector = new byte[SECTOR];
    for (int offset = end.offset() - SECTOR; offset > 0; offset -= SECTOR) {
      if (file.read(offset, sector, 0, SECTOR) == SECTOR
          && BatchHeader.isIntact(sector, 0)
          && BatchHeader.hash(sector, 0) == end.hash()
          && BatchHeader.decode(sector, 0).standsAt(storeTag, end.segment(), offset)) {
        byte[] batch = new byte[end.offset() - offset];
        if (file.read(offset, batch, 0, batch.length) == batch.length) {
          file.write(offset, batch, 0, batch.length);
          file.flush();
          return;
        }
      }
    }
    throw new WalDamagedException(
        SegmentFormat.fileName(end.segment()), end.offset(), "the last batch has disappeared");
  }
}

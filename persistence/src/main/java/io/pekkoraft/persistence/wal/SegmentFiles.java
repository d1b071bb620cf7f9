package io.pekkoraft.persistence.wal;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.util.UUID;

/** Creates the files of a store: each is complete and durable before it has its name. */
final class SegmentFiles {
  /** Filled and flushed piece by piece, so that a batch's flush never waits for the whole file. */
  private static final int SLICE = 1 << 20;

  private SegmentFiles() {}

  /**
   * Creates a segment of {@code size} zeros behind its header. The zeros are written, not left out:
   * so a later flush has only data to write, and running out of space shows here; then nothing is
   * left of it.
   */
  static void create(Storage storage, UUID store, long segment, int size) throws IOException {
    String name = SegmentFormat.fileName(segment);
    String temporary = name + SegmentFormat.TEMPORARY_SUFFIX;
    storage.delete(temporary);
    try (StorageFile file = storage.create(temporary)) {
      byte[] slice = new byte[Math.min(SLICE, size)];
      for (int at = 0; at < size; at += slice.length) {
        file.write(at, slice, 0, Math.min(slice.length, size - at));
        flush(file);
      }
      byte[] header = SegmentFormat.encodeHeader(store, segment, size);
      file.write(0, header, 0, header.length);
      flush(file);
    } catch (IOException failed) {
      deleteUnfinished(storage, temporary, failed);
      throw failed;
    }
    giveName(storage, temporary, name);
  }

  /** Or what is free of a full disk would be taken by a part of a segment. */
  private static void deleteUnfinished(Storage storage, String temporary, IOException failure) {
    try {
      storage.delete(temporary);
    } catch (IOException alsoFailed) {
      failure.addSuppressed(alsoFailed);
    }
  }

  /**
   * Makes a segment of a file that is no part of the log any more and has a name that a start
   * deletes. Nothing is written but a header and the stamps of what the file holds.
   */
  static void recycle(Storage storage, String temporary, UUID store, long segment, int size)
      throws IOException {
    try (StorageFile file = storage.open(temporary)) {
      byte[] start = SectorStamps.stamp(file, segment, size);
      byte[] header = SegmentFormat.encodeRecycledHeader(store, segment, size);
      System.arraycopy(header, 0, start, 0, header.length);
      file.write(0, start, 0, start.length);
      flush(file);
    }
    giveName(storage, temporary, SegmentFormat.fileName(segment));
  }

  private static void giveName(Storage storage, String temporary, String name) throws IOException {
    storage.rename(temporary, name);
    try {
      storage.syncDirectory();
    } catch (IOException failed) {
      throw new FlushFailedException(failed);
    }
  }

  private static void flush(StorageFile file) throws FlushFailedException {
    try {
      file.flush();
    } catch (IOException failed) {
      throw new FlushFailedException(failed);
    }
  }

  /** The storage could not make something durable: nothing it says later can be believed. */
  static final class FlushFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    FlushFailedException(IOException cause) {
      super("a flush has failed: " + cause.getMessage(), cause);
    }
  }

  /**
   * Creates a store: its first segment, then the file that says that there is a store, so that a
   * directory without that file never holds an event.
   */
  static UUID createStore(Storage storage, int segmentSize) throws IOException {
    UUID store = UUID.randomUUID();
    create(storage, store, 1, segmentSize);
    String temporary = SegmentFormat.STORE_FILE + SegmentFormat.TEMPORARY_SUFFIX;
    try (StorageFile file = storage.create(temporary)) {
      byte[] bytes = SegmentFormat.encodeStore(store);
      file.write(0, bytes, 0, bytes.length);
      file.flush();
    }
    storage.rename(temporary, SegmentFormat.STORE_FILE);
    storage.syncDirectory();
    return store;
  }
}

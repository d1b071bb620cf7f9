package io.pekkoraft.persistence.wal;

import com.typesafe.config.Config;
import io.pekkoraft.persistence.StoreDirectories;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The settings of one store; {@code reference.conf} explains them.
 *
 * @param segmentSize bytes of a segment file
 * @param maxBatchBytes how many bytes of waiting writes go into one flush, one write at least
 * @param idleMarkDelay how long after the last batch it is proven durable by a mark
 * @param rewriteBelow the share of live bytes below which a segment is rewritten, 0 to 1
 * @param rewriteSegments how many segments there are at least before any is rewritten
 * @param rewriteBytesPerSecond how fast segments are rewritten at most
 * @param maxQueuedBytes from how many bytes of waiting writes on further ones are not serialized
 * @param freeSpaceReserve how much space of the disk the log leaves to others
 */
record WalSettings(
    Path directory,
    String storageProvider,
    int segmentSize,
    int maxBatchBytes,
    Duration idleMarkDelay,
    double rewriteBelow,
    int rewriteSegments,
    long rewriteBytesPerSecond,
    long maxQueuedBytes,
    long freeSpaceReserve) {
  private static final String SECTION = "pekko-raft.persistence.journal";

  /** So that the largest event, too, is paid for in days and not in years. */
  private static final long MIN_REWRITE_BYTES_PER_SECOND = 1000;

  WalSettings {
    requireSegmentSize(segmentSize);
    requireBatchBytes(maxBatchBytes);
    if (idleMarkDelay.isNegative() || idleMarkDelay.isZero() || idleMarkDelay.toDays() > 0) {
      // Pekko's scheduler takes no delay of many months, and would be asked with the first write.
      throw new IllegalArgumentException("idle-mark-delay must be positive and less than a day");
    }
    if (rewriteBelow < 0 || rewriteBelow > 0.5) {
      throw new IllegalArgumentException("rewrite-below must lie between 0 and 0.5");
    }
    if (rewriteBytesPerSecond < MIN_REWRITE_BYTES_PER_SECOND) {
      throw new IllegalArgumentException(
          "rewrite-bytes-per-second must be at least " + MIN_REWRITE_BYTES_PER_SECOND);
    }
    if (maxQueuedBytes <= 0) {
      throw new IllegalArgumentException("max-queued-bytes must be positive");
    }
    if (freeSpaceReserve < 0) {
      throw new IllegalArgumentException("free-space-reserve must not be negative");
    }
  }

  private static void requireSegmentSize(long bytes) {
    if (bytes < SegmentFormat.MIN_SEGMENT_SIZE
        || bytes > SegmentFormat.MAX_SEGMENT_SIZE
        || bytes % BatchHeader.SECTOR != 0) {
      throw new IllegalArgumentException(
          "segment-size is "
              + bytes
              + " bytes; it must be a multiple of "
              + BatchHeader.SECTOR
              + ", at least "
              + SegmentFormat.MIN_SEGMENT_SIZE
              + " and at most "
              + SegmentFormat.MAX_SEGMENT_SIZE);
    }
  }

  private static void requireBatchBytes(long bytes) {
    if (bytes <= 0 || bytes > EventRecord.MAX_ENCODED_BYTES) {
      throw new IllegalArgumentException(
          "max-batch-bytes is "
              + bytes
              + " bytes; it must be positive and at most "
              + EventRecord.MAX_ENCODED_BYTES);
    }
  }

  /** With no limit on queues and rewriting, and no reserve. */
  WalSettings(
      Path directory,
      String storageProvider,
      int segmentSize,
      int maxBatchBytes,
      Duration idleMarkDelay,
      double rewriteBelow,
      int rewriteSegments) {
    this(
        directory,
        storageProvider,
        segmentSize,
        maxBatchBytes,
        idleMarkDelay,
        rewriteBelow,
        rewriteSegments,
        Long.MAX_VALUE,
        Long.MAX_VALUE,
        0);
  }

  /** What of a segment is kept for deletions when no further one can be had. */
  int reservedBytes() {
    return segmentSize / 8 / BatchHeader.SECTOR * BatchHeader.SECTOR;
  }

  /**
   * @param config the journal's section of the configuration
   * @param all the actor system's configuration
   */
  static WalSettings from(Config config, Config all) {
    long segmentSize = config.getBytes("segment-size");
    requireSegmentSize(segmentSize);
    long maxBatchBytes = config.getBytes("max-batch-bytes");
    requireBatchBytes(maxBatchBytes);
    return new WalSettings(
        StoreDirectories.of(config, all, SECTION, StoreDirectories.JOURNAL),
        config.getString("storage-provider"),
        (int) segmentSize,
        (int) maxBatchBytes,
        config.getDuration("idle-mark-delay"),
        config.getDouble("rewrite-below"),
        config.getInt("rewrite-segments"),
        config.getBytes("rewrite-bytes-per-second"),
        config.getBytes("max-queued-bytes"),
        config.getBytes("free-space-reserve"));
  }
}

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
 */
record WalSettings(
    Path directory,
    String storageProvider,
    int segmentSize,
    int maxBatchBytes,
    Duration idleMarkDelay,
    double rewriteBelow,
    int rewriteSegments) {
  private static final String SECTION = "pekko-raft.persistence.journal";

  WalSettings {
    if (segmentSize < SegmentFormat.MIN_SEGMENT_SIZE || segmentSize % BatchHeader.SECTOR != 0) {
      throw new IllegalArgumentException(
          "segment-size is "
              + segmentSize
              + " bytes; it must be a multiple of "
              + BatchHeader.SECTOR
              + " and at least "
              + SegmentFormat.MIN_SEGMENT_SIZE);
    }
    if (maxBatchBytes <= 0) {
      throw new IllegalArgumentException("max-batch-bytes must be positive");
    }
    if (idleMarkDelay.isNegative() || idleMarkDelay.isZero()) {
      throw new IllegalArgumentException("idle-mark-delay must be positive");
    }
    if (rewriteBelow < 0 || rewriteBelow > 0.5) {
      throw new IllegalArgumentException("rewrite-below must lie between 0 and 0.5");
    }
  }

  /**
   * @param config the journal's section of the configuration
   * @param all the actor system's configuration
   */
  static WalSettings from(Config config, Config all) {
    return new WalSettings(
        StoreDirectories.of(config, all, SECTION, StoreDirectories.JOURNAL),
        config.getString("storage-provider"),
        Math.toIntExact(config.getBytes("segment-size")),
        Math.toIntExact(config.getBytes("max-batch-bytes")),
        config.getDuration("idle-mark-delay"),
        config.getDouble("rewrite-below"),
        config.getInt("rewrite-segments"));
  }
}

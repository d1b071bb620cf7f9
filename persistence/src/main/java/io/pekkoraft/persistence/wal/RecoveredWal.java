package io.pekkoraft.persistence.wal;

import java.util.UUID;

/**
 * What opening found.
 *
 * @param end the durable end of the log
 * @param segment the segment to go on in
 * @param offset where in it to go on; the start of the batches if it has none yet
 * @param marked whether nothing stands behind the last mark
 */
record RecoveredWal(
    UUID store, WalIndex index, LogEnd end, long segment, int offset, boolean marked) {}

package io.pekkoraft.persistence.wal;

import java.util.Set;
import java.util.UUID;

/**
 * What opening found.
 *
 * @param end the durable end of the log
 * @param segment the segment to go on in
 * @param offset where in it to go on; the start of the batches if it has none yet
 * @param marked whether nothing stands behind the last mark
 * @param damaged segments of which parts are lost: what lives in them is to be moved
 * @param missing segments that the log says are part of it, but are not there
 * @param fresh whether {@code segment} is still to be created
 */
record RecoveredWal(
    UUID store,
    WalIndex index,
    LogEnd end,
    long segment,
    int offset,
    boolean marked,
    Set<Long> damaged,
    Set<Long> missing,
    boolean fresh) {

  static RecoveredWal sound(
      UUID store, WalIndex index, LogEnd end, long segment, int offset, boolean marked) {
    return new RecoveredWal(store, index, end, segment, offset, marked, Set.of(), Set.of(), false);
  }

  boolean isSalvaged() {
    return fresh || !damaged.isEmpty() || !missing.isEmpty();
  }
}

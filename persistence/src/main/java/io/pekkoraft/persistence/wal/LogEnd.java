package io.pekkoraft.persistence.wal;

/**
 * Where the durable log ends, and what it ends with.
 *
 * @param segment number of the last batch's segment, 0 before the first batch
 * @param offset first byte after the last batch
 * @param hash checksum of the last batch's header, which covers its body and its predecessor's hash
 * @param batchNumber ordinal of the last batch, counted from 1
 */
record LogEnd(long segment, int offset, int hash, long batchNumber) {
  static final LogEnd NONE = new LogEnd(0, 0, 0, 0);
}

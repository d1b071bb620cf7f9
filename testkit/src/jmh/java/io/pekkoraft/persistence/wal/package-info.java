/**
 * Measurements of the write-ahead log beside a bare file and RocksDB. In the log's own package, so
 * that its writer can be measured without Pekko. Start with {@link
 * io.pekkoraft.persistence.wal.LogBenchmark}.
 */
@NullMarked
package io.pekkoraft.persistence.wal;

import org.jspecify.annotations.NullMarked;

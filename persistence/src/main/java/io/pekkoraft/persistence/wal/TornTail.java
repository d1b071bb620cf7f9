package io.pekkoraft.persistence.wal;

/**
 * The remains of a last batch that was not completely written, and never acknowledged.
 *
 * @param file the segment
 * @param offset where the batch starts
 * @param bytes up to the end of the last sector that does not look unwritten
 */
public record TornTail(String file, long offset, long bytes) {}

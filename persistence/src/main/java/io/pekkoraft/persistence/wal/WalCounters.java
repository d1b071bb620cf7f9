package io.pekkoraft.persistence.wal;

/**
 * What a store has done since it was opened.
 *
 * @param flushes how often a segment was flushed, for whatever reason
 * @param batches how many of them carried operations of callers
 * @param events how many events were written
 * @param bytes how many bytes were written, padding included
 */
public record WalCounters(long flushes, long batches, long events, long bytes) {}

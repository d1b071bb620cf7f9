package io.pekkoraft.persistence.snapshot;

/**
 * A durable snapshot file.
 *
 * @param name in the snapshot directory; generated there
 * @param length its bytes
 * @param contentHash SHA-256 of its bytes, hexadecimal
 */
public record SnapshotFile(String name, long length, String contentHash) {}

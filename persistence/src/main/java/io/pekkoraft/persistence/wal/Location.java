package io.pekkoraft.persistence.wal;

/** Where the record of one event stands: {@code length} bytes at {@code offset} of a segment. */
record Location(long sequenceNr, long segment, int offset, int length) {}

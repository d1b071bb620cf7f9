package io.pekkoraft.log;

import java.util.Arrays;

/**
 * One entry of the log: what to apply, where it stands, and the chain hash over it and all before
 * it.
 *
 * <p>The payload is opaque to the protocol and must not be changed once the entry exists; it is
 * shared, not copied.
 */
public final class LogEntry {

  /** What an entry is for. The code is part of the wire and disk formats. */
  public enum Kind {
    /**
     * Nothing to apply: a new leader's first entry, which commits those of earlier terms (Raft
     * 5.4.2).
     */
    NO_OP(0),
    /** A command of the application. */
    COMMAND(1);

    private final byte code;

    Kind(int code) {
      this.code = (byte) code;
    }

    public byte code() {
      return code;
    }

    /**
     * @throws IllegalArgumentException if no kind has this code
     */
    public static Kind of(byte code) {
      return switch (code) {
        case 0 -> NO_OP;
        case 1 -> COMMAND;
        default -> throw new IllegalArgumentException("no entry kind has the code " + code);
      };
    }
  }

  /**
   * Estimated heap cost of an entry beside its payload: object, array header and its slot in the
   * log.
   */
  private static final int OVERHEAD_BYTES = 80;

  private final long index;
  private final long term;
  private final Kind kind;
  private final byte[] payload;
  private final long previousHash;
  private final long hash;

  private LogEntry(long index, long term, Kind kind, byte[] payload, long previousHash, long hash) {
    this.index = index;
    this.term = term;
    this.kind = kind;
    this.payload = payload;
    this.previousHash = previousHash;
    this.hash = hash;
  }

  /** The entry that follows one whose chain hash is {@code previousHash}. */
  public static LogEntry following(
      long previousHash, long index, long term, Kind kind, byte[] payload) {
    if (index < 1 || term < 1) {
      throw new IllegalArgumentException(
          "entries start at index 1 and term 1, not " + index + "@" + term);
    }
    long hash = ChainHash.of(previousHash, index, term, kind, payload);
    return new LogEntry(index, term, kind, payload, previousHash, hash);
  }

  public long index() {
    return index;
  }

  public long term() {
    return term;
  }

  public Kind kind() {
    return kind;
  }

  /** Shared, not copied: do not change it. */
  public byte[] payload() {
    return payload;
  }

  /**
   * The chain hash over this entry and all before it: equal on all nodes that hold the same log.
   */
  public long hash() {
    return hash;
  }

  /** The chain hash of the entry before this one, so that any run of entries can be verified. */
  public long previousHash() {
    return previousHash;
  }

  public LogPosition position() {
    return new LogPosition(term, index);
  }

  /** Estimated bytes of heap that keeping this entry costs. */
  public long heapBytes() {
    return OVERHEAD_BYTES + (long) payload.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LogEntry that
        && index == that.index
        && term == that.term
        && kind == that.kind
        && hash == that.hash
        && Arrays.equals(payload, that.payload);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(hash);
  }

  /** Position, kind and size; never the payload, which may be secret. */
  @Override
  public String toString() {
    return index + "@" + term + "(" + kind + ", " + payload.length + " B)";
  }
}

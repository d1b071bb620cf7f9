package io.pekkoraft.log;

/**
 * Where a log ends, or an entry stands. Ordered as logs are compared in elections: the later term
 * wins; in equal terms, the longer log (Raft 5.4.1).
 */
public record LogPosition(long term, long index) implements Comparable<LogPosition> {

  /** Before the first entry. */
  public static final LogPosition ZERO = new LogPosition(0, 0);

  public LogPosition {
    if (term < 0 || index < 0) {
      throw new IllegalArgumentException(
          "a log position is never negative: term " + term + ", index " + index);
    }
  }

  @Override
  public int compareTo(LogPosition other) {
    return term != other.term ? Long.compare(term, other.term) : Long.compare(index, other.index);
  }

  @Override
  public String toString() {
    return index + "@" + term;
  }
}

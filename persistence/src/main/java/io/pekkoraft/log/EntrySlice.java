package io.pekkoraft.log;

import java.util.List;

/**
 * A run of entries and what stands before it: contiguous after {@code previous}, terms never fall.
 *
 * @param previous position of the entry before the run ({@link LogPosition#ZERO} at the log's
 *     start)
 * @param previousHash chain hash of that entry
 * @param entries the run, possibly empty; shared, not copied
 */
public record EntrySlice(LogPosition previous, long previousHash, List<LogEntry> entries) {

  /**
   * @throws IllegalArgumentException if an entry is out of place
   */
  public EntrySlice {
    long index = previous.index();
    long term = previous.term();
    for (int i = 0; i < entries.size(); i++) {
      LogEntry entry = entries.get(i);
      if (entry.index() != index + 1 || entry.term() < term) {
        throw new IllegalArgumentException(
            "entry " + entry + " cannot follow " + index + "@" + term);
      }
      index = entry.index();
      term = entry.term();
    }
  }

  /** Index of the last entry, or of {@code previous} if there is none. */
  public long lastIndex() {
    return previous.index() + entries.size();
  }

  public boolean isEmpty() {
    return entries.isEmpty();
  }
}

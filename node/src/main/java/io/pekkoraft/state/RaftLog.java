package io.pekkoraft.state;

import io.pekkoraft.log.ChainHash;
import io.pekkoraft.log.EntrySlice;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The retained part of the log, in memory: the entries after {@link #base()}. A ring, so that both
 * ends move without copying.
 *
 * <p>Not safe for use by several threads; {@link NodeState} changes it, all others read.
 */
public final class RaftLog {
  private @Nullable LogEntry[] ring = new LogEntry[64];
  private int head;
  private int size;
  private long retainedBytes;
  private LogPosition base = LogPosition.ZERO;
  private long baseHash = ChainHash.EMPTY;

  /** The position just before the first retained entry. */
  public LogPosition base() {
    return base;
  }

  public long firstIndex() {
    return base.index() + 1;
  }

  public long lastIndex() {
    return base.index() + size;
  }

  public LogPosition last() {
    return size == 0 ? base : entry(lastIndex()).position();
  }

  public long lastHash() {
    return size == 0 ? baseHash : entry(lastIndex()).hash();
  }

  /** Estimated heap that the retained entries cost. */
  public long retainedBytes() {
    return retainedBytes;
  }

  /** True if the term at this index is known: it is the base or a retained entry. */
  public boolean reaches(long index) {
    return index >= base.index() && index <= lastIndex();
  }

  /**
   * @throws IndexOutOfBoundsException if the entry is not retained
   */
  public LogEntry entry(long index) {
    if (index < firstIndex() || index > lastIndex()) {
      throw new IndexOutOfBoundsException("no entry " + index + " in " + this);
    }
    LogEntry entry = ring[slot(index - firstIndex())];
    if (entry == null) {
      throw new IllegalStateException("hole at " + index + " in " + this);
    }
    return entry;
  }

  /**
   * @throws IndexOutOfBoundsException unless {@link #reaches} says so
   */
  public long termAt(long index) {
    return index == base.index() ? base.term() : entry(index).term();
  }

  /**
   * @throws IndexOutOfBoundsException unless {@link #reaches} says so
   */
  public long hashAt(long index) {
    return index == base.index() ? baseHash : entry(index).hash();
  }

  /**
   * The entries after {@code previousIndex}, up to limits.
   *
   * @param maxEntries at most so many
   * @param maxBytes at most so many bytes of payload, but one entry at least
   * @throws IndexOutOfBoundsException unless {@link #reaches} {@code previousIndex}
   */
  public EntrySlice slice(long previousIndex, int maxEntries, long maxBytes) {
    int count = (int) Math.min(maxEntries, lastIndex() - previousIndex);
    List<LogEntry> entries = new ArrayList<>(count);
    long bytes = 0;
    for (int i = 1; i <= count; i++) {
      LogEntry entry = entry(previousIndex + i);
      bytes += entry.payload().length;
      if (bytes > maxBytes && !entries.isEmpty()) {
        break;
      }
      entries.add(entry);
    }
    return new EntrySlice(
        new LogPosition(termAt(previousIndex), previousIndex), hashAt(previousIndex), entries);
  }

  /**
   * The largest index, not above {@code index}, whose term is at most {@code term}; the base at the
   * least.
   */
  public long lastIndexWithTermAtMost(long term, long index) {
    long at = Math.min(index, lastIndex());
    while (at > base.index() && termAt(at) > term) {
      at--;
    }
    return Math.max(at, base.index());
  }

  void append(List<LogEntry> entries) {
    long term = termAt(lastIndex());
    for (LogEntry entry : entries) {
      if (entry.index() != lastIndex() + 1 || entry.term() < term) {
        throw new IllegalArgumentException("entry " + entry + " does not follow " + this);
      }
      if (size == ring.length) {
        grow();
      }
      ring[slot(size)] = entry;
      size++;
      retainedBytes += entry.heapBytes();
      term = entry.term();
    }
  }

  void truncateFrom(long index) {
    if (index < firstIndex()) {
      throw new IllegalArgumentException("cannot truncate from " + index + ", before " + this);
    }
    while (lastIndex() >= index) {
      retainedBytes -= entry(lastIndex()).heapBytes();
      size--;
      ring[slot(size)] = null;
    }
  }

  /**
   * Drops the entries up to {@code index}, which becomes the base. They may be a hundred thousand,
   * so each costs little here.
   */
  void dropTo(long index) {
    if (size == 0 || index < firstIndex()) {
      return;
    }
    long newBase = Math.min(index, lastIndex());
    LogEntry last = entry(newBase);
    for (long left = newBase - base.index(); left > 0; left--) {
      LogEntry dropped = ring[head];
      retainedBytes -= dropped == null ? 0 : dropped.heapBytes();
      ring[head] = null;
      head = (head + 1) & (ring.length - 1);
      size--;
    }
    base = last.position();
    baseHash = last.hash();
  }

  /** Empties the log; it goes on after {@code position}. */
  void restartAt(LogPosition position, long hash) {
    ring = new LogEntry[64];
    head = 0;
    size = 0;
    retainedBytes = 0;
    base = position;
    baseHash = hash;
  }

  private int slot(long offset) {
    return (int) ((head + offset) & (ring.length - 1));
  }

  private void grow() {
    @Nullable LogEntry[] larger = new LogEntry[ring.length * 2];
    for (int i = 0; i < size; i++) {
      larger[i] = ring[slot(i)];
    }
    ring = larger;
    head = 0;
  }

  @Override
  public String toString() {
    return "log(" + base + ", " + last() + "]";
  }
}

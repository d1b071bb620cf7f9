package io.pekkoraft.rules;

import io.pekkoraft.log.EntrySlice;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.state.NodeState;
import io.pekkoraft.state.RaftLog;
import java.util.List;

/**
 * What a follower does with a run of the leader's entries (Raft 5.3; Figure 2, AppendEntries, 2 to
 * 4).
 */
public final class AppendRule {
  private AppendRule() {}

  /** The verdict. */
  public sealed interface Verdict {}

  /**
   * The logs agree before the run.
   *
   * @param truncateFrom first index that conflicts and has to go; 0 for none
   * @param append what is new
   */
  public record Accept(long truncateFrom, List<LogEntry> append) implements Verdict {}

  /**
   * The logs do not agree there.
   *
   * @param index last index that may agree, for the leader to look at next
   * @param term the term found there
   */
  public record Refuse(long index, long term) implements Verdict {}

  /**
   * The leader's log contradicts what is committed here: one of the two is damaged or lies. The
   * node must stop.
   */
  public record Diverged(String reason) implements Verdict {}

  public static Verdict decide(NodeState state, EntrySlice slice) {
    RaftLog log = state.log();
    LogPosition previous = slice.previous();
    if (previous.index() > log.lastIndex()) {
      return refuse(log, previous);
    }
    if (previous.index() >= log.base().index()) {
      if (log.termAt(previous.index()) != previous.term()) {
        return previous.index() <= state.commitIndex()
            ? new Diverged(
                "the leader has term "
                    + previous.term()
                    + " at committed index "
                    + previous.index()
                    + ", here it is "
                    + log.termAt(previous.index()))
            : refuse(log, previous);
      }
      if (log.hashAt(previous.index()) != slice.previousHash()) {
        return new Diverged(
            "same position "
                + previous
                + " but another chain hash: the logs differ somewhere before it");
      }
    }
    return merge(state, slice.entries());
  }

  private static Verdict refuse(RaftLog log, LogPosition previous) {
    long index =
        log.lastIndexWithTermAtMost(
            previous.term(), Math.min(previous.index() - 1, log.lastIndex()));
    return new Refuse(index, log.termAt(index));
  }

  /**
   * Only a real conflict removes anything: an older or shorter run must not cut a longer matching
   * log.
   */
  private static Verdict merge(NodeState state, List<LogEntry> entries) {
    RaftLog log = state.log();
    for (int i = 0; i < entries.size(); i++) {
      LogEntry entry = entries.get(i);
      if (entry.index() > log.lastIndex()) {
        return new Accept(0, entries.subList(i, entries.size()));
      }
      if (entry.index() < log.base().index()) {
        continue; // committed and in the snapshot
      }
      if (log.termAt(entry.index()) != entry.term()) {
        return entry.index() <= state.commitIndex()
            ? new Diverged(
                "the leader has "
                    + entry
                    + " at a committed index, here it has term "
                    + log.termAt(entry.index()))
            : new Accept(entry.index(), entries.subList(i, entries.size()));
      }
      if (log.hashAt(entry.index()) != entry.hash()) {
        return new Diverged("same position " + entry.position() + " but another chain hash");
      }
    }
    return new Accept(0, List.of());
  }
}

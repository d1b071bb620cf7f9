package io.pekkoraft.testkit;

import java.util.EnumMap;
import java.util.Map;

/** How often what happened: a run in which nothing goes wrong shows nothing. */
public final class Counters {

  /** What is counted: faults, and what the protocol was brought to do. */
  public enum Kind {
    CRASH,
    RESTART,
    WRITE_KEPT_AT_CRASH,
    WRITE_LOST_AT_CRASH,
    STORAGE_FAILURE,
    SLOW_DISK,
    PAUSE,
    SYMMETRIC_PARTITION,
    ONE_WAY_CUT,
    BRIDGE,
    LAG,
    STRANDED,
    LEADER_ISOLATED,
    DROPPED,
    DUPLICATED,
    REORDERED,
    DELAYED_5_S,
    PRE_VOTE_ROUND,
    HELD_OFF,
    ELECTION,
    ELECTION_LOST,
    ABDICATION,
    TRANSFER,
    TRANSFERRED,
    TRANSFER_REFUSED,
    TRANSFER_ABORTED,
    ELECTED_BY_TRANSFER,
    CONFLICT,
    TRUNCATION,
    SNAPSHOT_TAKEN,
    SNAPSHOT_INSTALLED,
    OTHER_LIFE,
    ACKNOWLEDGED,
    REFUSED,
    INDETERMINATE
  }

  private final EnumMap<Kind, Long> counts = new EnumMap<>(Kind.class);

  public void add(Kind kind) {
    counts.merge(kind, 1L, Long::sum);
  }

  /** Adds what another run counted. */
  public void addAll(Counters other) {
    other.counts.forEach((kind, count) -> counts.merge(kind, count, Long::sum));
  }

  public long get(Kind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  public Map<Kind, Long> asMap() {
    return Map.copyOf(counts);
  }

  @Override
  public String toString() {
    return counts.toString();
  }
}

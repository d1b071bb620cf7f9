package io.pekkoraft.testkit;

import io.pekkoraft.testkit.fault.StepKind;
import java.util.ArrayList;
import java.util.List;

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
    INDETERMINATE,
    TRIPLED,
    RETRIED,
    TOO_LARGE,
    OVERLOADED,
    POISONED,
    DISK_FULL_HIT,
    SNAPSHOT_NOT_TAKEN,
    PART_UNREADABLE,
    PART_FLIPPED,
    PARTS_REFUSED,
    DAMAGE_FOUND,
    FOREIGN_DROPPED,
    MALFORMED_DROPPED,
    ABSURD_TERM,
    HELD_OFF_AFTER_START,
    TIMER_LATE,
    DRIFT_WITHIN_BOUND,
    DRIFT_BEYOND_BOUND
  }

  private final long[] counts = new long[Kind.values().length];
  private final long[] steps = new long[StepKind.values().length];

  public void add(Kind kind) {
    counts[kind.ordinal()]++;
  }

  /** A step of this kind had something to strike at. */
  void add(StepKind kind) {
    steps[kind.ordinal()]++;
  }

  /** Adds what another run counted. */
  public void addAll(Counters other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
    for (int i = 0; i < steps.length; i++) {
      steps[i] += other.steps[i];
    }
  }

  public long get(Kind kind) {
    return counts[kind.ordinal()];
  }

  /**
   * @param counter a {@link Kind} or a {@link StepKind}
   */
  long get(Enum<?> counter) {
    return counter instanceof Kind ? counts[counter.ordinal()] : steps[counter.ordinal()];
  }

  @Override
  public String toString() {
    List<String> all = new ArrayList<>();
    for (StepKind kind : StepKind.values()) {
      all.add(kind + " steps " + steps[kind.ordinal()]);
    }
    for (Kind kind : Kind.values()) {
      all.add(kind + " " + counts[kind.ordinal()]);
    }
    return String.join(", ", all);
  }
}

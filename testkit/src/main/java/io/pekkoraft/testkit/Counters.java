package io.pekkoraft.testkit;

import io.pekkoraft.testkit.fault.StepKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
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
    PAUSE,
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

  /** A number that counts up without a new object each time. */
  private static final class Count {
    private long value;
  }

  private final Map<Kind, Count> counts = new EnumMap<>(Kind.class);
  private final Map<StepKind, Count> steps = new EnumMap<>(StepKind.class);

  public Counters() {
    for (Kind kind : Kind.values()) {
      counts.put(kind, new Count());
    }
    for (StepKind kind : StepKind.values()) {
      steps.put(kind, new Count());
    }
  }

  private static <K extends Enum<K>> void add(Map<K, Count> to, K kind, long number) {
    Count count = to.get(kind);
    if (count != null) {
      count.value += number;
    }
  }

  private static <K extends Enum<K>> long valueOf(Map<K, Count> from, K kind) {
    Count count = from.get(kind);
    return count == null ? 0 : count.value;
  }

  public void add(Kind kind) {
    add(counts, kind, 1);
  }

  /** A step of this kind had something to strike at. */
  void add(StepKind kind) {
    add(steps, kind, 1);
  }

  /** Adds what another run counted. */
  public void addAll(Counters other) {
    other.counts.forEach((kind, count) -> add(counts, kind, count.value));
    other.steps.forEach((kind, count) -> add(steps, kind, count.value));
  }

  public long get(Kind kind) {
    return valueOf(counts, kind);
  }

  /**
   * @param counter a {@link Kind} or a {@link StepKind}
   */
  long get(Enum<?> counter) {
    return counter instanceof Kind kind ? get(kind) : valueOf(steps, (StepKind) counter);
  }

  @Override
  public String toString() {
    List<String> all = new ArrayList<>();
    steps.forEach((kind, count) -> all.add(kind + " steps " + count.value));
    counts.forEach((kind, count) -> all.add(kind + " " + count.value));
    return String.join(", ", all);
  }
}

package io.pekkoraft.testkit;

import io.pekkoraft.testkit.Counters.Kind;
import io.pekkoraft.testkit.fault.StepKind;
import java.util.List;

/**
 * The fault model, row by row: what counts that a row was exercised here, or where it is exercised
 * instead.
 */
final class FaultModel {

  /**
   * @param counters each of which must have counted often; empty if the row does not apply here
   * @param elsewhere then, who looks after it
   */
  record Row(String fault, List<Enum<?>> counters, String elsewhere) {}

  private FaultModel() {}

  private static Row here(String fault, Enum<?>... counters) {
    return new Row(fault, List.of(counters), "");
  }

  private static Row elsewhere(String fault, String where) {
    return new Row(fault, List.of(), where);
  }

  static final List<Row> ROWS =
      List.of(
          here("1.1 messages are lost", Kind.DROPPED, StepKind.WEATHER),
          here(
              "1.1 messages are late by up to 10 s",
              Kind.DELAYED_5_S,
              StepKind.LAG,
              StepKind.REPLAYED),
          here("1.1 messages come twice, or three times", Kind.DUPLICATED, Kind.TRIPLED),
          here("1.1 messages overtake each other", Kind.REORDERED),
          here("1.1 a leader is deaf", StepKind.LEADER_DEAF, Kind.ABDICATION),
          here("1.1 a follower is mute", StepKind.FOLLOWER_MUTE),
          here("1.1 links are cut one way", StepKind.ONE_WAY_CUT),
          here("1.1 partitions", StepKind.PARTITION, StepKind.LEADER_ISOLATED),
          here("1.1 partial partition with a bridge", StepKind.BRIDGE),
          here("1.1 chains and rings", StepKind.CHAIN, StepKind.RING),
          here("1.1 flapping links", StepKind.FLAPPING_LINK),
          here("1.1 a new life at the same address", StepKind.QUICK_RESTART, Kind.OTHER_LIFE),
          elsewhere("1.1 Artery's quarantine", "real systems: RealClusterTest, StockSystems"),
          here("1.1 a queue overflows", StepKind.BURST_LOSS),
          here("1.2 crash", StepKind.CRASH, Kind.CRASH, Kind.RESTART),
          elsewhere("1.2 crash between two calls of the storage", "WalCrashPointTest"),
          here("1.2 pause of 0.1 to 30 s", StepKind.PAUSE, Kind.PAUSE),
          here("1.2 slow state machine", StepKind.SLOW_APPLY),
          here("1.2 state machine throws", StepKind.STATE_MACHINE_THROWS, Kind.POISONED),
          elsewhere("1.2 fatal error of the JVM", "FatalErrorTest; at the start ErrorAtStartIT"),
          elsewhere("1.2 the actor is restarted", "RaftNodeTest: it is not, it stops"),
          here("1.3 a write fails", StepKind.WRITE_FAILS, Kind.STORAGE_FAILURE),
          here("1.3 disk full", StepKind.DISK_FULL, Kind.DISK_FULL_HIT),
          here("1.3 a snapshot cannot be written", Kind.SNAPSHOT_NOT_TAKEN),
          here("1.3 the last write is torn", Kind.WRITE_LOST_AT_CRASH, Kind.WRITE_KEPT_AT_CRASH),
          here("1.3 damage of the log", StepKind.LOG_DAMAGED, Kind.DAMAGE_FOUND),
          elsewhere(
              "1.3 damage of every kind, byte by byte, where term and vote stand too",
              "WalDamageTest, WalSalvageTest, WalBitFlipTest"),
          elsewhere(
              "1.3 a snapshot or a part of the log is lost",
              "SnapshotFilesTest, JournalRefusalTest"),
          here("1.3 damage of a snapshot that is sent", Kind.PART_FLIPPED, Kind.PARTS_REFUSED),
          here("1.3 a snapshot that is sent cannot be read", Kind.PART_UNREADABLE),
          elsewhere("1.3 directory not synced, misdirected write", "WalCrashPointTest"),
          here("1.3 slow disk", StepKind.SLOW_DISK, StepKind.HELD_DISK),
          here("1.3 power loss on all at once", StepKind.POWER_LOSS),
          here("1.3 lost log", StepKind.DISK_WIPED),
          elsewhere("1.4 the wall clock jumps", "ArchitectureTest: roles read no clock"),
          elsewhere("1.4 rates beyond the bound are noticed", "not there yet: nobody warns"),
          here("1.4 rates within the bound", Kind.DRIFT_WITHIN_BOUND),
          here(
              "1.4 rates beyond it, clocks that stop",
              Kind.DRIFT_BEYOND_BOUND,
              StepKind.CLOCK_STOPPED),
          here("1.4 a restarted voter holds off", Kind.HELD_OFF_AFTER_START),
          here("1.4 timers are late", StepKind.LATE_TIMERS, Kind.TIMER_LATE),
          here("1.5 retries without a session", StepKind.CLIENT_RETRIES, Kind.RETRIED),
          elsewhere("1.5 sessions", "not there yet"),
          elsewhere("1.5 slow consumers", "not there yet: no change stream"),
          here("1.5 oversized command", StepKind.OVERSIZED_COMMAND, Kind.TOO_LARGE),
          elsewhere(
              "1.5 command that cannot be read",
              "bytes to the library: what a state machine makes of them, see 1.2"),
          here("1.5 malformed message", StepKind.MALFORMED_FRAME, Kind.MALFORMED_DROPPED),
          here(
              "1.5 other cluster, group, incarnation, life, non-member",
              StepKind.OTHER_CLUSTER,
              StepKind.OTHER_GROUP,
              StepKind.OTHER_INCARNATION,
              StepKind.OTHER_RECEIVER,
              StepKind.NON_MEMBER,
              Kind.FOREIGN_DROPPED),
          here("1.5 wrong version", StepKind.WRONG_VERSION),
          here("3 a term that would block the group", StepKind.TERM_BOMB, Kind.ABSURD_TERM),
          here("1.6 leadership is moved", StepKind.TRANSFER, Kind.TRANSFERRED),
          elsewhere("1.6 an old backup on one member", "a limit: no member can see it alone"),
          elsewhere("1.6 changes of members", "not there yet"),
          here("1.7 overload", StepKind.FLOOD, Kind.OVERLOADED),
          here("1.7 a partitioned leader is fed", StepKind.LEADER_STRANDED),
          here("1.7 huge entries", StepKind.HUGE_COMMANDS),
          here("1.7 slow follower", StepKind.SLOW_FOLLOWER),
          elsewhere("1.7 thousands of groups", "not in one group's simulation"));

  /**
   * What the protocol must have been brought to, in runs that are many enough: of faults that led
   * to none of this, the invariants would say nothing.
   */
  static final List<Kind> SITUATIONS =
      List.of(
          Kind.PRE_VOTE_ROUND,
          Kind.HELD_OFF,
          Kind.ELECTION,
          Kind.ELECTION_LOST,
          Kind.ELECTED_BY_TRANSFER,
          Kind.TRANSFER_ABORTED,
          Kind.TRANSFER_REFUSED,
          Kind.CONFLICT,
          Kind.TRUNCATION,
          Kind.SNAPSHOT_TAKEN,
          Kind.SNAPSHOT_INSTALLED,
          Kind.ACKNOWLEDGED,
          Kind.REFUSED,
          Kind.INDETERMINATE);
}

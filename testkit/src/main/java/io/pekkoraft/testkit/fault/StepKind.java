package io.pekkoraft.testkit.fault;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of steps that a random run is made of: what clients and operators do, and faults. Each
 * is counted by itself.
 */
public enum StepKind {
  COMMANDS(ClientFaults::commands),
  TRANSFER(ClientFaults::transfer),

  // network
  WEATHER(NetworkFaults::weather),
  LAG(NetworkFaults::lag),
  BURST_LOSS(NetworkFaults::burstLoss),
  REPLAYED(NetworkFaults::replay),
  PARTITION(NetworkFaults::partition),
  LEADER_ISOLATED(NetworkFaults::isolateLeader),
  LEADER_DEAF(NetworkFaults::deafLeader),
  FOLLOWER_MUTE(NetworkFaults::muteFollower),
  ONE_WAY_CUT(NetworkFaults::oneWay),
  BRIDGE(NetworkFaults::bridge),
  CHAIN(NetworkFaults::chain),
  RING(NetworkFaults::ring),
  FLAPPING_LINK(NetworkFaults::flap),
  LEADER_STRANDED(NetworkFaults::strand),

  // process
  CRASH(ProcessFaults::crash),
  QUICK_RESTART(ProcessFaults::quickRestart),
  POWER_LOSS(ProcessFaults::powerLoss),
  PAUSE(ProcessFaults::pause),
  SLOW_APPLY(ProcessFaults::slowApply),
  SLOW_FOLLOWER(ProcessFaults::slowFollower),
  STATE_MACHINE_THROWS(ProcessFaults::stateMachineThrows),

  // disk
  WRITE_FAILS(DiskFaults::failWrite),
  DISK_FULL(DiskFaults::full),
  SLOW_DISK(DiskFaults::slow),
  HELD_DISK(DiskFaults::hold),
  SNAPSHOT_REFUSED(DiskFaults::refuseSnapshots),
  SNAPSHOT_PART_UNREADABLE(DiskFaults::hideSnapshotParts),
  SNAPSHOT_PART_FLIPPED(DiskFaults::flipSnapshotParts),
  LOG_DAMAGED(DiskFaults::damage),
  DISK_WIPED(DiskFaults::wipe),

  // clock
  LATE_TIMERS(ClockFaults::lateTimers),
  CLOCK_STOPPED(ClockFaults::stopClock),

  // client and load
  CLIENT_RETRIES(ClientFaults::retries),
  OVERSIZED_COMMAND(ClientFaults::oversized),
  FLOOD(ClientFaults::flood),
  HUGE_COMMANDS(ClientFaults::huge),

  // messages
  OTHER_CLUSTER(ForeignMessages::otherCluster),
  OTHER_GROUP(ForeignMessages::otherGroup),
  OTHER_INCARNATION(ForeignMessages::otherIncarnation),
  OTHER_RECEIVER(ForeignMessages::otherReceiver),
  NON_MEMBER(ForeignMessages::nonMember),
  TERM_BOMB(ForeignMessages::termBomb),
  MALFORMED_FRAME(ForeignMessages::malformed),
  WRONG_VERSION(ForeignMessages::wrongVersion);

  @SuppressWarnings("ImmutableEnumChecker") // each is a method that keeps nothing
  private final Fault fault;

  StepKind(Fault fault) {
    this.fault = fault;
  }

  /** False for what a healthy day brings too. */
  public boolean isFault() {
    return this != COMMANDS && this != TRANSFER;
  }

  /**
   * Lets it happen now.
   *
   * @param seed of all that is drawn for it
   * @return what it did; null if there was nothing to do it to
   */
  public @Nullable String strike(World world, long seed) {
    return fault.strike(world, new SplittableRandom(seed));
  }
}

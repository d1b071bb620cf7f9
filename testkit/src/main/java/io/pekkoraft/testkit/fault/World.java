package io.pekkoraft.testkit.fault;

import io.pekkoraft.message.NodeCommand.Envelope;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a fault may do. Members have numbers from 0 on; times are virtual nanoseconds. All in the
 * thread of the run.
 */
public interface World {
  int NOBODY = -1;

  // --- the group

  int size();

  /** Who leads, or {@link #NOBODY}. */
  int leader();

  long electionTimeoutNanos();

  /** Does something after a while, unless faults are over by then. */
  void later(long afterNanos, Runnable what);

  // --- the network

  /** Nothing sent from one to the other arrives any more. */
  void cut(int from, int to);

  /** Takes back all cuts. */
  void heal();

  void heal(int from, int to);

  void weather(int from, int to, Weather weather);

  /** Messages that have left lately, oldest first; perhaps none. */
  List<Envelope> recent();

  /** Hands a message to a member now, whoever sent it. */
  void deliver(int to, Envelope envelope);

  /** Hands bytes to a member's decoder now, as the network would. */
  void deliverBytes(int to, byte[] bytes);

  // --- processes

  boolean isRunning(int member);

  void crash(int member);

  /** Starts a new life, unless it runs. */
  void start(int member);

  void pause(int member);

  void resume(int member);

  // --- disks

  /** The next write fails; whether it was stored nobody knows. */
  void failNextWrite(int member);

  /** True if this life has failed, and only a restart helps. */
  boolean hasFailed(int member);

  void slowDisk(int member, long factor);

  void holdWrites(int member, boolean hold);

  void fillDisk(int member, boolean full);

  /** Snapshots cannot be written, all else can. */
  void refuseSnapshots(int member, boolean refuse);

  /** Parts of snapshots that are to be sent cannot be read. */
  void hideSnapshotParts(int member, boolean hide);

  /** Parts of snapshots that are sent have a bit wrong. */
  void flipSnapshotParts(int member, boolean flip);

  /**
   * Ends the process and damages what it has on disk, so that it cannot take part any more.
   *
   * @return false if too many members are out already
   */
  boolean damage(int member);

  /**
   * Ends the process and puts an empty disk in place of its own.
   *
   * @return false if too many members are out already
   */
  boolean wipe(int member);

  // --- clocks

  /** Timers fire late by up to so much. */
  void delayTimers(int member, long upToNanos);

  /**
   * Lets a clock stand still.
   *
   * @return false in a run whose clocks keep to the bound
   */
  boolean stopClock(int member);

  void goOnClock(int member);

  // --- state machines and clients

  void slowApply(int member, long factor);

  /** A command at which every state machine throws until it is mended. */
  void proposePoison(int member);

  /** State machines do not throw any more; those that failed start again. */
  void mendStateMachines();

  /** The largest command that the group takes. */
  int maxCommandBytes();

  long maxUncommittedBytes();

  /** Proposes a new command through a member. */
  void propose(int member, int bytes, long timeoutNanos);

  /** The same; if it is not known to be done in time, others are asked, up to so often. */
  void proposeAndRetry(int member, int bytes, long timeoutNanos, int retries);

  /**
   * @param to {@link #NOBODY} for whom the leader finds best
   */
  void transfer(int from, int to, long timeoutNanos);

  // --- what most faults need

  /** Any member. */
  default int any(SplittableRandom random) {
    return random.nextInt(size());
  }

  /** Mostly whoever leads: there it hurts. */
  default int victim(SplittableRandom random) {
    int leader = leader();
    return leader != NOBODY && random.nextBoolean() ? leader : any(random);
  }

  /** Somebody who does not lead; {@link #NOBODY} in a group of one. */
  default int follower(SplittableRandom random) {
    int member = any(random);
    if (member != leader()) {
      return member;
    }
    return size() == 1 ? NOBODY : (member + 1) % size();
  }

  /** Mostly below the time of an election, at times a few of them. */
  default long aWhile(SplittableRandom random) {
    long electionTimeout = electionTimeoutNanos();
    return random.nextLong(random.nextInt(4) == 0 ? 5 * electionTimeout : electionTimeout * 3 / 2);
  }

  default void restartLater(int member, long afterNanos) {
    later(afterNanos, () -> start(member));
  }

  default String name(int member) {
    return String.valueOf((char) ('a' + member));
  }
}

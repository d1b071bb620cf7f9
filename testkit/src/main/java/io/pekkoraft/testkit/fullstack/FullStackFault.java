package io.pekkoraft.testkit.fullstack;

/** What can go wrong in a run of the whole stack. */
public enum FullStackFault {
  /** Messages are lost. */
  LOSS(true),
  /** Messages arrive twice. */
  DUPLICATION(true),
  /** Messages overtake each other. */
  REORDERING(true),
  /** For a while messages take up to seconds. */
  DELAY(true),
  /** One member does not hear another. */
  ONE_WAY_CUT(true),
  /** Some members and the others do not hear each other. */
  PARTITION(true),
  /** The clocks of the machines do not go equally fast. */
  CLOCK_DRIFT(false),
  /** What is ready in actor systems, mailboxes above all, runs in any order, as on threads. */
  SCHEDULING(false),
  /** A process stands still for a while. */
  PAUSE(false),
  /** A process is killed; what it wrote is there when it starts again. */
  KILL(false),
  /** An actor system terminates in order, and starts again. */
  TERMINATION(false),
  /** A member stops in order, and starts again in the same actor system. */
  STOP(false),
  /** The power of a machine goes in the middle of a call of a store. */
  POWER_LOSS(false),
  /** The power of all machines goes. */
  POWER_LOSS_OF_ALL(false),
  /** When power goes, any part of what was not flushed is lost, or torn; else all is there. */
  UNFLUSHED_LOSS(false),
  /** The disks are slow. */
  SLOW_DISK(false),
  /** A flush fails; later ones succeed, without what the failed one was asked for. */
  FLUSH_ERROR(false),
  /** A disk is full. */
  DISK_FULL(false),
  /** The leadership is handed over. */
  TRANSFER(true),
  /** Bytes of a member's files are not as they were written, when it starts again. */
  DAMAGE(true),
  /** All files of a member are gone, when it starts again. */
  WIPE(true),
  /** A message of another group or life, or of somebody who is no member. */
  FOREIGN_MESSAGE(true),
  /** Bytes that are no message. */
  MALFORMED_MESSAGE(true);

  private final boolean needsOthers;

  FullStackFault(boolean needsOthers) {
    this.needsOthers = needsOthers;
  }

  /** Whether it cannot come in a group of one. */
  boolean needsOthers() {
    return needsOthers;
  }

  /** Whether it befalls one message or another, by chance. */
  boolean befallsMessages() {
    return this == LOSS || this == DUPLICATION || this == REORDERING;
  }

  /**
   * Whether it is drawn, and comes, apart from the others: a run that does not draw it is the same
   * as if there were no such kind.
   */
  boolean isApart() {
    return this == DAMAGE || this == WIPE || this == FOREIGN_MESSAGE || this == MALFORMED_MESSAGE;
  }

  /** Whether it comes at instants, one of these after the other, and not all the time. */
  boolean isEvent() {
    return switch (this) {
      case LOSS, DUPLICATION, REORDERING, CLOCK_DRIFT, SCHEDULING, UNFLUSHED_LOSS -> false;
      default -> !isApart();
    };
  }
}

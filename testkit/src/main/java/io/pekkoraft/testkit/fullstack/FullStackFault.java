package io.pekkoraft.testkit.fullstack;

/** What can go wrong in a run of the whole stack. */
public enum FullStackFault {
  /** Messages are lost. */
  LOSS,
  /** Messages arrive twice. */
  DUPLICATION,
  /** Messages overtake each other. */
  REORDERING,
  /** One member does not hear another. */
  ONE_WAY_CUT,
  /** Some members and the others do not hear each other. */
  PARTITION,
  /** A process stands still for a while. */
  PAUSE,
  /** A process is killed; what it wrote is there when it starts again. */
  KILL,
  /** An actor system terminates in order, and starts again. */
  TERMINATION,
  /** The power of a machine goes in the middle of a call of a store. */
  POWER_LOSS,
  /** The power of all machines goes. */
  POWER_LOSS_OF_ALL,
  /** The disks are slow. */
  SLOW_DISK,
  /** A flush fails; later ones succeed, without what the failed one was asked for. */
  FLUSH_ERROR,
  /** A disk is full. */
  DISK_FULL,
  /** The leadership is handed over. */
  TRANSFER
}

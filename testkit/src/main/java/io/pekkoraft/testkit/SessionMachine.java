package io.pekkoraft.testkit;

/** A machine on which a session runs: a member's, or one that runs no member. */
interface SessionMachine {

  String name();

  /** Its place in the network. */
  int index();

  boolean isRunning();

  /** The life of the process that runs; only while one does. */
  long life();

  /** What its clock shows. */
  long localNanos();

  /** The virtual time that passes while its clock counts so much. */
  long virtualDuration(long ownNanos);

  /** When its process was paused last, in virtual time. */
  long pausedNanos();

  boolean isPaused();

  /** Does something later, in this life of the process, when it is not paused. */
  void later(long afterNanos, Runnable what);

  /** Lets something arrive, in whatever life the process is then. */
  void arrives(long atNanos, Runnable what);
}

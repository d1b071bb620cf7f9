package io.pekkoraft.testkit;

/** What is wrong with a machine's disk at present; outlives the process. */
final class DiskTrouble {
  /** Nothing can be written any more. */
  boolean full;

  /** No snapshot can be written, all else can. */
  boolean refusesSnapshots;

  /** Parts of snapshots cannot be read. */
  boolean hidesParts;

  /** Parts of snapshots are read with a bit wrong. */
  boolean flipsParts;

  void end() {
    full = false;
    refusesSnapshots = false;
    hidesParts = false;
    flipsParts = false;
  }
}

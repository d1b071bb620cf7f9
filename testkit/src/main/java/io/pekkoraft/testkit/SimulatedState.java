package io.pekkoraft.testkit;

import io.pekkoraft.log.LogEntry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The replicated state of one life of a member, and how it is held against that of the others. */
interface SimulatedState {

  /**
   * @return the answer to the command
   */
  byte[] apply(LogEntry entry);

  void writeSnapshot(OutputStream out) throws IOException;

  /** Replaces the whole state by that of a snapshot, which was written at this index. */
  void restore(long index, InputStream in) throws IOException;

  /** False where it would cost too much to look at the state after every entry. */
  default boolean isComparedAt(long index) {
    return true;
  }

  /** Equal on all members that have applied the same. */
  long hash();

  /** The state as a person can read it, for the report of a difference. */
  String describe();
}

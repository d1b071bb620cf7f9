package io.pekkoraft.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The application's replicated state (Raft 2). One instance per member; all its methods are called
 * by one actor, one after the other, never by two threads at once.
 *
 * <p>It must be deterministic: from the same state, the same command gives the same result and the
 * same new state on every member, so it reads no clock, no random numbers and nothing from outside.
 *
 * <p>A method that throws stops its member until the process restarts. Since every member applies
 * the same commands, an {@code apply} that throws at one stops all of them, and again after each
 * restart: answer a command that makes no sense with a result that says so.
 */
public interface StateMachine {

  /**
   * Applies a committed command. Called once for each, in the order of the log.
   *
   * @param index the command's place in the log; grows, not always by one
   * @param command as it was proposed; shared, not to be changed
   * @return the answer for whoever proposed it, not null; a refusal is an answer too
   */
  byte[] apply(long index, byte[] command);

  /**
   * Writes the whole state, so that {@link #restore} makes it again. Called between two commands;
   * nothing is applied meanwhile.
   *
   * @throws IOException passed through from {@code out}
   */
  void writeSnapshot(OutputStream out) throws IOException;

  /**
   * Replaces the whole state by what {@link #writeSnapshot} wrote, perhaps on another member.
   *
   * @throws IOException passed through from {@code in}, or if the bytes are not such a state
   */
  void restore(InputStream in) throws IOException;
}

package io.pekkoraft.api;

import io.pekkoraft.log.NodeId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a request ended. Every request ends with one of these, at the latest at its deadline. */
public sealed interface Outcome {

  /**
   * The command is committed and applied.
   *
   * @param index where it stands in the log
   * @param result what the state machine answered; shared, not copied
   */
  @SuppressWarnings("ArrayRecordComponent") // a result is handed over, not compared
  record Committed(long index, byte[] result) implements Outcome {
    @Override
    public String toString() {
      return "Committed[index=" + index + ", result=" + result.length + " B]";
    }
  }

  /** Certainly not done: this node does not lead. {@code leader} is the one it knows of, if any. */
  record NotLeader(@Nullable NodeId leader) implements Outcome {}

  /**
   * Certainly not done: no leader is known. {@code reason} says why, as far as this node can tell.
   */
  record NoLeader(String reason) implements Outcome {}

  /** Certainly not done: too much is waiting already. */
  record Overloaded(Duration retryAfter) implements Outcome {}

  /**
   * May be done now, later or never: the leader lost its leadership, or the deadline came, after
   * the command was appended.
   */
  record Indeterminate(String reason) implements Outcome {}

  /** Certainly not done, and would not be at another time either. */
  record Rejected(String reason) implements Outcome {}

  /** Certainly not done: the command has more bytes than {@code limitBytes}. */
  record TooLarge(long limitBytes) implements Outcome {}

  /**
   * Certainly not done by this node: it has failed and takes no part until its process restarts.
   * {@code reason} says what failed, as its storage or its state machine.
   */
  record MemberFailed(String reason) implements Outcome {}

  /** Certainly not done: the deadline came before the command was appended. */
  record TimedOut(Duration after) implements Outcome {}
}

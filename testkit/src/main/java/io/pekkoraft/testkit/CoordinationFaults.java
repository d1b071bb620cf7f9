package io.pekkoraft.testkit;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.coordination.GrantsSettings;
import io.pekkoraft.coordination.Ping;
import io.pekkoraft.coordination.Pong;
import org.jspecify.annotations.Nullable;

/**
 * Where coordination can be broken on purpose, to see that the invariants notice. As it stands here
 * nothing is broken.
 */
class CoordinationFaults {

  GrantsSettings settings(GrantsSettings honest) {
    return honest;
  }

  /** What a coordinator is told of its member's leadership. */
  Leadership leadership(Leadership honest) {
    return honest;
  }

  /** Called before each use of the leadership that the coordinator was told. */
  void look(Leadership honest, Leadership told) {}

  /**
   * What is sent in answer.
   *
   * @param honest null if there is none
   * @param before what this session was answered last by this coordinator
   */
  @Nullable Pong answer(Ping ping, @Nullable Pong honest, @Nullable Pong before) {
    return honest;
  }

  /**
   * What a session takes a pong for.
   *
   * @param before the one that it took last
   * @param lastSentNanos of its last ping
   */
  Pong received(Pong honest, @Nullable Pong before, long lastSentNanos) {
    return honest;
  }

  /** The only term in which a command is proposed; 0 for any. */
  long onlyInTerm(long honest) {
    return honest;
  }

  /** When a session lets a handler begin that it must not. */
  boolean ignoresLease() {
    return false;
  }
}

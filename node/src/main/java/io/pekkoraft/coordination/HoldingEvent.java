package io.pekkoraft.coordination;

import io.pekkoraft.coordination.Wishes.Instance;

/** What a session has to tell its users. */
public sealed interface HoldingEvent {
  String name();

  /** An offered name was given to this session. */
  record Assigned(String name, long token) implements HoldingEvent {}

  /** Somebody else shall host the name: stop, then {@link Holding#released}. */
  record HandOver(String name, long token) implements HoldingEvent {}

  /** The name is not this session's any more. */
  record Lost(String name, long token) implements HoldingEvent {}

  /** The lease is over, the assignment is not, as far as anybody knows here. */
  record Lapsed(String name, long token) implements HoldingEvent {}

  /** The lease is valid again. */
  record Resumed(String name, long token) implements HoldingEvent {}

  /** A lease that was asked for is held. */
  record Granted(String name, String owner, long token) implements HoldingEvent {}

  /** A lease that was asked for is held by somebody else. */
  record Refused(String name, String owner, String heldBy) implements HoldingEvent {}

  /** A lease that was granted is over, for good. */
  record LeaseLost(String name, String owner, long token, String reason) implements HoldingEvent {}

  /** Where a watched name acts now; with an empty path: nowhere. */
  record Located(String name, Instance instance) implements HoldingEvent {}
}

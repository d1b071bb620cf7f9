package io.pekkoraft.node;

import io.pekkoraft.api.RaftStatus;

/**
 * The status that a member gave last, for when its actor no longer answers. Safe for use by any
 * thread.
 */
final class LastStatus {
  private volatile RaftStatus status;

  LastStatus(RaftStatus first) {
    this.status = first;
  }

  void update(RaftStatus newest) {
    status = newest;
  }

  /** As it was, but failed. */
  RaftStatus silent() {
    RaftStatus was = status;
    return new RaftStatus(
        was.group(),
        was.node(),
        RaftStatus.Role.FAILED,
        was.term(),
        null,
        was.commitIndex(),
        was.appliedIndex(),
        was.durableIndex(),
        was.lastIndex(),
        was.firstIndex(),
        was.snapshotIndex(),
        was.configuration(),
        "this member's actor does not answer: it has stopped or is overloaded");
  }
}

package io.pekkoraft.api;

import io.pekkoraft.log.NodeId;
import org.jspecify.annotations.Nullable;

/** How a leadership transfer ended (thesis 3.10). */
public sealed interface TransferOutcome {

  /** This member led, and has heard the next leader: mostly the one that was asked for. */
  record Transferred(NodeId leader, long term) implements TransferOutcome {}

  /** Nothing was done: this member does not lead. {@code leader} is the one it knows of, if any. */
  record NotLeader(@Nullable NodeId leader) implements TransferOutcome {}

  /** Nothing was done: it could not have succeeded. */
  record Refused(String reason) implements TransferOutcome {}

  /**
   * Not done in time. This member goes on leading, unless it has lost its leadership meanwhile:
   * then somebody is being elected.
   */
  record Aborted(String reason) implements TransferOutcome {}
}

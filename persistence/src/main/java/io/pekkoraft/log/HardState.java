package io.pekkoraft.log;

import org.jspecify.annotations.Nullable;

/**
 * What must be durable before any answer that depends on it: Figure 2's currentTerm and votedFor.
 *
 * @param term latest term this node has seen
 * @param votedFor whom it voted for in that term, if anyone
 */
public record HardState(long term, @Nullable NodeId votedFor) {
  /** Of a node that has seen no election. */
  public static final HardState INITIAL = new HardState(0, null);
}

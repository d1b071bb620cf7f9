package io.pekkoraft.api;

import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * How a member sees itself and its group, at one instant.
 *
 * @param node the member that answers
 * @param role its role, as the paper names it
 * @param term its current term
 * @param leader the leader it knows of in that term, or null
 * @param commitIndex highest entry known to be committed
 * @param appliedIndex highest entry applied by its state machine
 * @param durableIndex end of its log on disk
 * @param lastIndex end of its log
 * @param firstIndex first entry that is still in its log
 * @param snapshotIndex last entry of its newest snapshot; 0 if there is none
 * @param configuration the members
 * @param reason why there is no leader, or why this node takes no part; empty if all is well
 */
public record RaftStatus(
    GroupIdentity group,
    NodeId node,
    Role role,
    long term,
    @Nullable NodeId leader,
    long commitIndex,
    long appliedIndex,
    long durableIndex,
    long lastIndex,
    long firstIndex,
    long snapshotIndex,
    Configuration configuration,
    String reason) {

  /** The roles of a member; {@code FAILED} takes no part until its process restarts. */
  public enum Role {
    RECOVERING,
    FOLLOWER,
    PRE_CANDIDATE,
    CANDIDATE,
    LEADER,
    FAILED
  }
}

package io.pekkoraft.cluster.formation;

import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.NodeId;

/**
 * The group that is to be, and, once all its members have promised it, is.
 *
 * @param group its names and the random incarnation drawn for it
 * @param configuration its first members, with the incarnations of their data directories
 */
public record Proposal(GroupIdentity group, Configuration configuration) {

  /** True if the member is in it with this very data directory. */
  public boolean admits(NodeId id, long incarnation) {
    var member = configuration.member(id);
    return member != null && member.incarnation() == incarnation;
  }
}

package io.pekkoraft.role;

import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.NodeId;

/**
 * Who this node is, in this life.
 *
 * @param group the group
 * @param self its name
 * @param incarnation identity of its data directory
 * @param life random, drawn at this start; never 0
 * @param configuration the members that the group was formed with
 */
public record NodeIdentity(
    GroupIdentity group, NodeId self, long incarnation, long life, Configuration configuration) {}

package io.pekkoraft.cluster.formation;

import io.pekkoraft.log.NodeId;

/**
 * Which node this is, and of which group.
 *
 * @param cluster name of the cluster
 * @param group name of the group in it
 * @param incarnation identity of the node's data directory
 */
public record Identity(String cluster, String group, NodeId node, long incarnation) {

  boolean sameGroup(Identity other) {
    return cluster.equals(other.cluster) && group.equals(other.group);
  }
}

package io.pekkoraft.cluster;

import io.pekkoraft.cluster.formation.Identity;
import io.pekkoraft.log.NodeId;

/**
 * Which node a process is, in all groups that it is a member of.
 *
 * @param cluster name of the cluster
 * @param incarnation identity of its data directory
 */
record LocalNode(String cluster, NodeId id, long incarnation) {

  /** The node as a member of a group. */
  Identity in(String group) {
    return new Identity(cluster, group, id, incarnation);
  }
}

package io.pekkoraft.log;

/**
 * Which group a message or a log belongs to.
 *
 * @param cluster name of the cluster
 * @param group name of the group in it
 * @param incarnation random, drawn when the group was formed: a group formed again under the same
 *     names is another group
 */
public record GroupIdentity(String cluster, String group, long incarnation) {

  /**
   * @throws IllegalArgumentException if a name is not valid
   */
  public GroupIdentity {
    Names.check("cluster name", cluster);
    Names.check("group name", group);
  }

  @Override
  public String toString() {
    return cluster + "/" + group + "#" + Long.toHexString(incarnation);
  }
}

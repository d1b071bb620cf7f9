package io.pekkoraft.cluster;

import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.cluster.formation.Identity;

/**
 * This process's member of a group. Until the group is formed, requests are refused with what is
 * missing. Safe to use from any thread.
 */
public interface RaftMember extends RaftGroup {

  /** Who this member is: names from the configuration, incarnation from its data directory. */
  Identity identity();

  /** Why this member does not run yet, or not any more, for people; empty while it runs. */
  String whyNotStarted();
}

package io.pekkoraft.bootstrap.http;

import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.bootstrap.kv.KeyValueStore;
import io.pekkoraft.cluster.formation.Identity;
import io.pekkoraft.log.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * The node behind the HTTP server, which answers before the node does. Safe to use from any thread.
 */
public interface ServedNode {

  Identity identity();

  /** The group's member that runs here; null while the group is not formed. */
  @Nullable RaftGroup group();

  /** Why {@link #group} is null, for people; empty if it is not. */
  String whyNotStarted();

  /** What this member has applied. */
  KeyValueStore store();

  /** Where a member serves HTTP, as {@code host:port}; null if the configuration does not say. */
  @Nullable String httpAddress(NodeId member);
}

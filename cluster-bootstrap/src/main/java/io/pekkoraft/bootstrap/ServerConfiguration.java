package io.pekkoraft.bootstrap;

import com.typesafe.config.Config;
import io.pekkoraft.cluster.NodeConfiguration;
import io.pekkoraft.cluster.NodeConfiguration.ListedMember;
import io.pekkoraft.log.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * All that the runnable node is configured with, checked. {@code reference.conf} explains each key.
 *
 * @param node what every process of pekko-raft is configured with
 * @param self this node, with host and port
 * @param group the group that it hosts
 * @param dataDirectory where it keeps what it must not forget
 * @param httpAddresses where members serve HTTP, as {@code host:port}, as far as configured
 * @param bindHost where it listens for the other nodes
 * @param all the whole configuration, for the actor system
 */
record ServerConfiguration(
    NodeConfiguration node,
    ListedMember self,
    String group,
    Path dataDirectory,
    Map<NodeId, String> httpAddresses,
    String bindHost,
    Http http,
    int maxValueBytes,
    boolean stopWhenStdinEnds,
    Config all) {

  /** The name that every node's actor system has: it is part of the members' addresses. */
  static final String SYSTEM = "pekko-raft";

  /**
   * Where and how HTTP is served.
   *
   * @param port 0 for any free one
   */
  record Http(String host, int port, Duration requestTimeout) {}
}

package io.pekkoraft.bootstrap;

import com.typesafe.config.Config;
import io.pekkoraft.bootstrap.formation.MemberList;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.role.NodeSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * All that the runnable node is configured with, checked. {@code reference.conf} explains each key.
 *
 * @param id this node
 * @param members whom the group is to be formed of; contains {@code id}
 * @param httpAddresses where members serve HTTP, as {@code host:port}, as far as configured
 * @param host where the other nodes reach this one
 * @param port the same
 * @param bindHost where it listens for them
 * @param all the whole configuration, for the actor system
 */
public record NodeConfiguration(
    NodeId id,
    String cluster,
    String group,
    Path dataDirectory,
    MemberList members,
    Map<NodeId, String> httpAddresses,
    String host,
    int port,
    String bindHost,
    Http http,
    int maxValueBytes,
    boolean stopWhenStdinEnds,
    Duration askAgainAfter,
    NodeSettings protocol,
    Config all) {

  /** The name that every node's actor system has: it is part of the members' addresses. */
  static final String SYSTEM = "pekko-raft";

  /**
   * Reads and checks an application's configuration.
   *
   * @param application what stands before all that is packaged, such as a parsed file
   * @throws OperatorException naming the key that is wrong
   */
  public static NodeConfiguration of(Config application) {
    return ConfigurationLoader.load(application);
  }

  /**
   * Where and how HTTP is served.
   *
   * @param port 0 for any free one
   */
  public record Http(String host, int port, Duration requestTimeout) {}
}

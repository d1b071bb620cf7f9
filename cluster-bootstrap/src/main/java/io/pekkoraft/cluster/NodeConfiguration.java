package io.pekkoraft.cluster;

import com.typesafe.config.Config;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.role.NodeSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a process is configured with below {@code pekko-raft}, checked. {@code reference.conf}
 * explains each key.
 *
 * @param id this node; null if it is not configured
 * @param cluster name of the cluster
 * @param dataDirectory where a member keeps what it must not forget; null only for a client
 * @param members whom groups are formed of
 * @param askAgainAfter pause between two rounds of asking those who have not answered yet
 * @param coordinationGroup name of the group behind singletons and leases
 * @param coordinationAtOnce true if it starts with the extension, not when it is used first
 */
public record NodeConfiguration(
    @Nullable NodeId id,
    String cluster,
    @Nullable Path dataDirectory,
    List<ListedMember> members,
    AddressSettings addresses,
    Duration askAgainAfter,
    NodeSettings protocol,
    String journalPlugin,
    String snapshotPlugin,
    int maxRequests,
    String coordinationGroup,
    boolean coordinationAtOnce) {

  /**
   * A configured member.
   *
   * @param host empty if the configuration does not say where it is
   * @param port 0 if the configuration does not say
   */
  public record ListedMember(NodeId id, String host, int port) {

    /** {@code host:port}, with brackets around an IPv6 address; empty if it is not configured. */
    public String hostAndPort() {
      return host.isEmpty() ? "" : NodeConfiguration.hostAndPort(host, port);
    }
  }

  /**
   * Reads and checks the configuration of an actor system.
   *
   * @throws OperatorException naming the key that is wrong
   */
  public static NodeConfiguration of(Config all) {
    return ConfigurationReader.read(all);
  }

  /** The member that this process is, or null if it is a client. */
  public @Nullable ListedMember self() {
    for (ListedMember member : members) {
      if (member.id().equals(id)) {
        return member;
      }
    }
    return null;
  }

  static String hostAndPort(String host, int port) {
    boolean bare = host.contains(":") && !host.startsWith("[");
    return (bare ? "[" + host + "]" : host) + ":" + port;
  }
}

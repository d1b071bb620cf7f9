package io.pekkoraft.session;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.pekkoraft.coordination.GrantsSettings;
import io.pekkoraft.node.SettingsReader;
import io.pekkoraft.role.NodeSettings;
import java.time.Duration;

/**
 * How sessions and coordinators behave; {@code reference.conf} explains each key.
 *
 * @param group name of the coordination group
 * @param pingInterval how often a session speaks: {@code pekko-raft.heartbeat-interval}
 * @param electionTimeout of the group
 * @param driftBound of the group
 */
public record CoordinationSettings(
    String group,
    Duration pingInterval,
    Duration electionTimeout,
    double driftBound,
    Duration handlerGrace,
    Duration rebalanceAfter) {
  private static final String GRACE = "coordination.handler-grace";
  private static final String REBALANCE = "coordination.rebalance-after";

  /**
   * @param raft the configuration below {@code pekko-raft}
   * @throws ConfigException naming the key that is missing, of another type or out of range
   */
  public static CoordinationSettings of(Config raft) {
    NodeSettings protocol = SettingsReader.protocol(raft);
    Duration grace = raft.getDuration(GRACE);
    if (grace.isNegative() || grace.compareTo(protocol.electionTimeout()) >= 0) {
      throw bad(
          raft,
          GRACE,
          "must be from 0 to below pekko-raft.election-timeout, which is "
              + protocol.electionTimeout().toMillis()
              + " ms: it is added to every takeover. It is "
              + grace.toMillis()
              + " ms");
    }
    Duration rebalance = raft.getDuration(REBALANCE);
    if (rebalance.compareTo(protocol.electionTimeout()) < 0) {
      throw bad(
          raft,
          REBALANCE,
          "must be at least pekko-raft.election-timeout, which is "
              + protocol.electionTimeout().toMillis()
              + " ms: a process that is silent for a moment would lose its singletons. It is "
              + rebalance.toMillis()
              + " ms");
    }
    return new CoordinationSettings(
        raft.getString("coordination.group"),
        protocol.heartbeatInterval(),
        protocol.electionTimeout(),
        protocol.driftBound(),
        grace,
        rebalance);
  }

  private static ConfigException bad(Config raft, String key, String problem) {
    return new ConfigException.BadValue(raft.getValue(key).origin(), "pekko-raft." + key, problem);
  }

  GrantsSettings grants() {
    return new GrantsSettings(
        electionTimeout.toNanos(),
        driftBound,
        pingInterval.toNanos(),
        handlerGrace.toNanos(),
        rebalanceAfter.toNanos());
  }

  String coordinatorName() {
    return "pekko-raft-coordinator-" + group;
  }

  String sessionName() {
    return "pekko-raft-session-" + group;
  }
}

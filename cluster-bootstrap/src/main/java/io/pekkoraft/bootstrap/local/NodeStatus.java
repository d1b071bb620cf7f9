package io.pekkoraft.bootstrap.local;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.util.Locale;

/**
 * What a node says at {@code /status}.
 *
 * @param role in small letters
 * @param leader the leader's id; empty if it knows of none
 * @param leaderHttp where the leader serves HTTP; empty if unknown
 * @param reason why there is no leader; empty if there is one
 */
public record NodeStatus(
    String node,
    String role,
    long term,
    String leader,
    String leaderHttp,
    long appliedIndex,
    String reason) {

  static NodeStatus parse(String json) {
    try {
      Config status =
          ConfigFactory.parseString(
              json, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
      return new NodeStatus(
          status.getString("node"),
          status.getString("role").toLowerCase(Locale.ROOT).replace('_', '-'),
          status.hasPath("term") ? status.getLong("term") : 0,
          text(status, "leader.id"),
          text(status, "leader.http"),
          status.hasPath("appliedIndex") ? status.getLong("appliedIndex") : 0,
          text(status, "reason"));
    } catch (ConfigException malformed) {
      throw new IllegalArgumentException(
          "not a node's status: " + malformed.getMessage(), malformed);
    }
  }

  private static String text(Config status, String path) {
    return status.hasPath(path) ? status.getString(path) : "";
  }
}

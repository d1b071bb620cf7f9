package io.pekkoraft.bootstrap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import io.pekkoraft.cluster.OperatorException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Configuration by environment variables: {@code PEKKO_RAFT_...}. */
final class Environment {
  static final String FILE = "PEKKO_RAFT_CONFIG";
  private static final String MEMBERS = "PEKKO_RAFT_MEMBERS";
  private static final String PREFIX = "pekko-raft.node.";
  private static final Map<String, String> KEYS =
      Map.of(
          "PEKKO_RAFT_NODE_ID", "id",
          "PEKKO_RAFT_DATA_DIR", "data-dir",
          "PEKKO_RAFT_CLUSTER", "cluster",
          "PEKKO_RAFT_GROUP", "group",
          "PEKKO_RAFT_BIND_HOST", "bind-host",
          "PEKKO_RAFT_STOP_WHEN_STDIN_ENDS", "stop-when-stdin-ends",
          "PEKKO_RAFT_HTTP_HOST", "http.host",
          "PEKKO_RAFT_HTTP_PORT", "http.port");

  private Environment() {}

  /** The variable that stands behind a key of ours, or an empty text. */
  static String variableOf(String path) {
    if (path.equals(PREFIX + "members")) {
      return MEMBERS;
    }
    return KEYS.entrySet().stream()
        .filter(entry -> path.equals(PREFIX + entry.getValue()))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("");
  }

  /**
   * @throws OperatorException if the list of members is malformed
   */
  static Config read(Map<String, String> variables) {
    Config config = ConfigFactory.empty("environment");
    for (Map.Entry<String, String> entry : KEYS.entrySet()) {
      String value = variables.get(entry.getKey());
      if (value != null) {
        config =
            config.withValue(
                PREFIX + entry.getValue(),
                ConfigValueFactory.fromAnyRef(value, "variable " + entry.getKey()));
      }
    }
    String members = variables.get(MEMBERS);
    if (members != null) {
      config =
          config.withValue(
              PREFIX + "members",
              ConfigValueFactory.fromIterable(members(members), "variable " + MEMBERS));
    }
    return config;
  }

  /** {@code id@host:port} or {@code id@host:port/http-port}, with commas between them. */
  private static List<Map<String, Object>> members(String text) {
    List<Map<String, Object>> members = new ArrayList<>();
    for (String entry : text.split(",", -1)) {
      int at = entry.indexOf('@');
      int colon = entry.lastIndexOf(':');
      int slash = entry.indexOf('/', Math.max(colon, 0));
      if (at < 1 || colon < at + 2) {
        throw OperatorException.configuration(
            MEMBERS
                + " must be a list like a@host:2551/8081,b@host:2552/8082; '"
                + entry.strip()
                + "' is not like that");
      }
      Map<String, Object> member = new LinkedHashMap<>();
      member.put("id", entry.substring(0, at).strip());
      member.put("host", entry.substring(at + 1, colon));
      member.put("port", entry.substring(colon + 1, slash < 0 ? entry.length() : slash).strip());
      if (slash >= 0) {
        member.put("http-port", entry.substring(slash + 1).strip());
      }
      members.add(member);
    }
    return members;
  }
}

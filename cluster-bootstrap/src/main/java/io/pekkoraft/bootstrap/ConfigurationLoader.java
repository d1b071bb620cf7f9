package io.pekkoraft.bootstrap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.pekkoraft.bootstrap.kv.KeyValueCommand;
import io.pekkoraft.cluster.AddressSettings.From;
import io.pekkoraft.cluster.NodeConfiguration;
import io.pekkoraft.cluster.NodeConfiguration.ListedMember;
import io.pekkoraft.cluster.OperatorException;
import io.pekkoraft.log.Names;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.role.NodeSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the runnable node's configuration: system properties over environment over file over what
 * is packaged. Each mistake ends in one {@link OperatorException} that names the key.
 */
final class ConfigurationLoader {
  private static final String NODE = "pekko-raft.node.";
  private static final String MEMBERS = NODE + "members";
  private static final int COMMAND_OVERHEAD_BYTES = KeyValueCommand.MAX_KEY_BYTES + 4;

  private final Config config;

  private ConfigurationLoader(Config config) {
    this.config = config;
  }

  /**
   * @param file the configuration file, or null for none
   * @param environment the process's variables
   */
  static ServerConfiguration load(@Nullable Path file, Map<String, String> environment) {
    Config given;
    try {
      given =
          ConfigFactory.systemProperties()
              .withFallback(Environment.read(environment))
              .withFallback(file == null ? ConfigFactory.empty() : parse(file));
    } catch (ConfigException e) {
      throw wrong(e);
    }
    return load(given);
  }

  /**
   * @param given what stands before all that is packaged
   */
  static ServerConfiguration load(Config given) {
    try {
      Config all =
          given
              .withFallback(ConfigFactory.parseResources("pekko-raft-node.conf"))
              .withFallback(ConfigFactory.defaultReferenceUnresolved())
              .resolve();
      return new ConfigurationLoader(all).read();
    } catch (ConfigException e) {
      throw wrong(e);
    }
  }

  private static OperatorException wrong(ConfigException e) {
    return OperatorException.configuration("configuration: " + e.getMessage());
  }

  private static Config parse(Path file) {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw OperatorException.configuration(
          "the configuration file "
              + file.toAbsolutePath()
              + " "
              + (Files.exists(file) ? "cannot be read." : "does not exist."));
    }
    return ConfigFactory.parseFile(
        file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
  }

  private ServerConfiguration read() {
    for (String key : List.of("id", "data-dir", "cluster", "group", "members")) {
      requireSet(NODE + key);
    }
    NodeConfiguration node = NodeConfiguration.of(config);
    ListedMember self = node.self();
    Path dataDirectory = node.dataDirectory();
    if (self == null || dataDirectory == null) {
      throw OperatorException.configuration(
          NODE
              + "id is '"
              + node.id()
              + "', which is not in "
              + MEMBERS
              + ": "
              + node.members().stream().map(ListedMember::id).toList());
    }
    if (node.addresses().from() != From.CONFIGURATION) {
      throw OperatorException.configuration(
          "pekko-raft.addresses.from: the runnable node finds the others by configuration only.");
    }
    String bindHost = config.getString(NODE + "bind-host");
    List<? extends Config> listed = config.getConfigList(MEMBERS);
    ServerConfiguration.Http http = http(entry(listed, self.id()));
    return new ServerConfiguration(
        node,
        self,
        group(),
        dataDirectory,
        httpAddresses(listed, self.id(), http),
        bindHost.isEmpty() ? self.host() : bindHost,
        http,
        maxValueBytes(node.protocol()),
        config.getBoolean(NODE + "stop-when-stdin-ends"),
        forActorSystem(self, bindHost));
  }

  private void requireSet(String path) {
    ConfigValue value = config.getValue(path);
    boolean empty =
        value.unwrapped().equals("") || (value instanceof ConfigList list && list.isEmpty());
    if (empty) {
      String variable = Environment.variableOf(path);
      throw OperatorException.configuration(
          path
              + " is not set. Give it in the configuration file"
              + (variable.isEmpty() ? "." : ", or as " + variable + " in the environment."));
    }
  }

  private String group() {
    String path = NODE + "group";
    String group = config.getString(path);
    try {
      return Names.check("it", group);
    } catch (IllegalArgumentException e) {
      throw OperatorException.configuration(path + " is '" + group + "': " + e.getMessage());
    }
  }

  private static Config entry(List<? extends Config> listed, NodeId id) {
    return listed.stream()
        .filter(entry -> entry.getString("id").equals(id.value()))
        .findFirst()
        .orElseThrow();
  }

  private static String bracketed(String host) {
    return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  private ServerConfiguration.Http http(Config own) {
    Config http = config.getConfig(NODE + "http");
    int port;
    if (!http.getString("port").equals("listed")) {
      port = http.getInt("port");
      if (port < 0 || port > 65_535) {
        throw OperatorException.configuration(
            NODE + "http: port is " + port + ", must be from 0 to 65535");
      }
    } else {
      port = own.hasPath("http-port") ? own.getInt("http-port") : 8080;
    }
    return new ServerConfiguration.Http(
        http.getString("host"), port, http.getDuration("request-timeout"));
  }

  private static Map<NodeId, String> httpAddresses(
      List<? extends Config> listed, NodeId self, ServerConfiguration.Http http) {
    Map<NodeId, String> addresses = new HashMap<>();
    for (Config entry : listed) {
      if (entry.hasPath("http-port")) {
        addresses.put(
            NodeId.of(entry.getString("id")),
            bracketed(entry.getString("host")) + ":" + entry.getInt("http-port"));
      }
    }
    if (http.port() != 0) {
      addresses.putIfAbsent(self, bracketed(http.host()) + ":" + http.port());
    }
    return Map.copyOf(addresses);
  }

  private int maxValueBytes(NodeSettings protocol) {
    String path = NODE + "max-value-bytes";
    long bytes = config.getBytes(path);
    long limit =
        Math.min(
            KeyValueCommand.MAX_VALUE_BYTES, protocol.maxCommandBytes() - COMMAND_OVERHEAD_BYTES);
    if (bytes < 1 || bytes > limit) {
      throw OperatorException.configuration(
          path
              + " is "
              + bytes
              + " bytes, must be from 1 to "
              + limit
              + ", which pekko-raft.max-command-bytes allows");
    }
    return (int) bytes;
  }

  private Config forActorSystem(ListedMember self, String bindHost) {
    Map<String, Object> own =
        Map.of(
            "pekko.remote.artery.canonical.hostname",
            bracketed(self.host()), // as it stands in the addresses that the others use
            "pekko.remote.artery.canonical.port",
            self.port(),
            "pekko.remote.artery.bind.hostname",
            bindHost.isEmpty() ? self.host() : bindHost);
    Config result = config;
    for (Map.Entry<String, Object> entry : own.entrySet()) {
      ConfigValue value =
          ConfigValueFactory.fromAnyRef(entry.getValue(), "derived from pekko-raft.node");
      result = result.withValue(entry.getKey(), value);
    }
    return result;
  }
}

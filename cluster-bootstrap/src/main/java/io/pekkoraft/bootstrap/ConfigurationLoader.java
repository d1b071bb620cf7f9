package io.pekkoraft.bootstrap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.pekkoraft.bootstrap.formation.MemberList;
import io.pekkoraft.bootstrap.formation.MemberList.Entry;
import io.pekkoraft.bootstrap.kv.KeyValueCommand;
import io.pekkoraft.log.Names;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.node.SettingsReader;
import io.pekkoraft.role.NodeSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the runnable node's configuration: system properties over environment over file over what
 * is packaged. Each mistake ends in one {@link OperatorException} that names the key.
 */
final class ConfigurationLoader {
  private static final String ROOT = "pekko-raft";
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
  static NodeConfiguration load(@Nullable Path file, Map<String, String> environment) {
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
  static NodeConfiguration load(Config given) {
    try {
      Config packaged =
          ConfigFactory.parseResources("pekko-raft-node.conf")
              .withFallback(ConfigFactory.defaultReferenceUnresolved());
      Config all = given.withFallback(packaged).resolve();
      UnknownKeys.refuse(ROOT, given, all, packaged.resolve());
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

  private NodeConfiguration read() {
    NodeId id = valid(NODE + "id", NodeId::of);
    String cluster = valid(NODE + "cluster", name -> Names.check("it", name));
    String group = valid(NODE + "group", name -> Names.check("it", name));
    Path dataDirectory = valid(NODE + "data-dir", Path::of);
    List<? extends Config> listed = config.getConfigList(MEMBERS);
    MemberList members = members(listed);
    Config own =
        listed.stream()
            .filter(entry -> entry.getString("id").equals(id.value()))
            .findFirst()
            .orElseThrow(
                () ->
                    OperatorException.configuration(
                        NODE
                            + "id is '"
                            + id
                            + "', which is not in "
                            + MEMBERS
                            + ": "
                            + members.ids()));
    String host = own.getString("host");
    int port = own.getInt("port");
    String bindHost = config.getString(NODE + "bind-host");
    NodeConfiguration.Http http = http(own);
    NodeSettings protocol = SettingsReader.protocol(config.getConfig(ROOT));
    return new NodeConfiguration(
        id,
        cluster,
        group,
        dataDirectory,
        members,
        httpAddresses(listed, id, http),
        host,
        port,
        bindHost.isEmpty() ? host : bindHost,
        http,
        maxValueBytes(protocol),
        config.getBoolean(NODE + "stop-when-stdin-ends"),
        config.getDuration("pekko-raft.formation.ask-again-after"),
        protocol,
        forActorSystem(dataDirectory, host, port, bindHost));
  }

  private <T> T valid(String path, Function<String, T> check) {
    String text = config.getString(path);
    if (text.isEmpty()) {
      String variable = Environment.variableOf(path);
      throw OperatorException.configuration(
          path
              + " is not set. Give it in the configuration file"
              + (variable.isEmpty() ? "." : ", or as " + variable + " in the environment."));
    }
    try {
      return check.apply(text);
    } catch (IllegalArgumentException e) {
      throw OperatorException.configuration(path + " is '" + text + "': " + e.getMessage());
    }
  }

  private static MemberList members(List<? extends Config> listed) {
    List<Entry> entries = new ArrayList<>();
    for (Config entry : listed) {
      for (String key : entry.root().keySet()) {
        if (!List.of("id", "host", "port", "http-port").contains(key)) {
          throw OperatorException.configuration(
              MEMBERS
                  + ": unknown key '"
                  + key
                  + "' ("
                  + entry.origin().description()
                  + "); an entry has id, host, port and http-port");
        }
      }
      String host = entry.getString("host");
      if (host.isBlank() || host.chars().anyMatch(c -> c <= ' ' || c == '@' || c == '/')) {
        throw OperatorException.configuration(MEMBERS + ": '" + host + "' is not a host");
      }
      int port = port(entry, "port", MEMBERS, 1);
      if (entry.hasPath("http-port")) {
        port(entry, "http-port", MEMBERS, 1);
      }
      try {
        entries.add(
            new Entry(
                NodeId.of(entry.getString("id")),
                "pekko://" + NodeConfiguration.SYSTEM + "@" + bracketed(host) + ":" + port));
      } catch (IllegalArgumentException e) {
        throw OperatorException.configuration(MEMBERS + ": " + e.getMessage());
      }
    }
    try {
      return new MemberList(entries);
    } catch (IllegalArgumentException e) {
      throw OperatorException.configuration(
          MEMBERS
              + ": "
              + e.getMessage()
              + ". Give it in the configuration file, or as PEKKO_RAFT_MEMBERS.");
    }
  }

  private static String bracketed(String host) {
    return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  private static int port(Config in, String key, String where, int min) {
    int port = in.getInt(key);
    if (port < min || port > 65_535) {
      throw OperatorException.configuration(
          where + ": " + key + " is " + port + ", must be from " + min + " to 65535");
    }
    return port;
  }

  private NodeConfiguration.Http http(Config own) {
    Config http = config.getConfig(NODE + "http");
    int port;
    if (!http.getString("port").equals("listed")) {
      port = port(http, "port", NODE + "http", 0);
    } else {
      port = own.hasPath("http-port") ? own.getInt("http-port") : 8080;
    }
    return new NodeConfiguration.Http(
        http.getString("host"), port, http.getDuration("request-timeout"));
  }

  private static Map<NodeId, String> httpAddresses(
      List<? extends Config> listed, NodeId self, NodeConfiguration.Http http) {
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

  private Config forActorSystem(Path dataDirectory, String host, int port, String bindHost) {
    Path data = dataDirectory.toAbsolutePath().normalize();
    Map<String, Object> own = new HashMap<>();
    own.put("pekko.remote.artery.canonical.hostname", host);
    own.put("pekko.remote.artery.canonical.port", port);
    own.put("pekko.remote.artery.bind.hostname", bindHost.isEmpty() ? host : bindHost);
    own.put("pekko-raft.persistence.journal.directory", DataDirectory.journal(data).toString());
    own.put(
        "pekko-raft.persistence.snapshot-store.directory",
        DataDirectory.descriptors(data).toString());
    Config result = config;
    for (Map.Entry<String, Object> entry : own.entrySet()) {
      ConfigValue value =
          ConfigValueFactory.fromAnyRef(entry.getValue(), "derived from pekko-raft.node");
      result = result.withValue(entry.getKey(), value);
    }
    return result;
  }
}

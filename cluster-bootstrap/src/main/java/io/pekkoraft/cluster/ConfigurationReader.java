package io.pekkoraft.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.cluster.AddressSettings.Discovery;
import io.pekkoraft.cluster.AddressSettings.From;
import io.pekkoraft.cluster.NodeConfiguration.ListedMember;
import io.pekkoraft.log.Names;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.node.SettingsReader;
import io.pekkoraft.persistence.StoreDirectories;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@link NodeConfiguration}. Each mistake ends in one {@link OperatorException} that names
 * the key.
 */
final class ConfigurationReader {
  private static final String ROOT = "pekko-raft";
  private static final String ID = "pekko-raft.node.id";
  private static final String MEMBERS = "pekko-raft.node.members";
  private static final String ADDRESSES = "pekko-raft.addresses.";

  private final Config config;

  private ConfigurationReader(Config config) {
    this.config = config;
  }

  static NodeConfiguration read(Config all) {
    try {
      UnknownKeys.refuse(ROOT, all, ConfigFactory.defaultReference());
      return new ConfigurationReader(all).read();
    } catch (ConfigException e) {
      throw OperatorException.configuration("configuration: " + e.getMessage());
    }
  }

  private NodeConfiguration read() {
    String given = config.getString(ID);
    @Nullable NodeId id = given.isEmpty() ? null : valid(ID, NodeId::of);
    AddressSettings addresses = addresses();
    List<ListedMember> members = members(addresses.from());
    boolean member = members.stream().anyMatch(listed -> listed.id().equals(id));
    refuseUnlisted(given, member, members);
    return new NodeConfiguration(
        id,
        valid("pekko-raft.node.cluster", name -> Names.check("it", name)),
        member ? valid(StoreDirectories.DATA_DIR, Path::of) : null,
        members,
        addresses,
        config.getDuration("pekko-raft.formation.ask-again-after"),
        SettingsReader.protocol(config.getConfig(ROOT)),
        valid("pekko-raft.journal-plugin", this::plugin),
        valid("pekko-raft.snapshot-plugin", this::plugin),
        config.getInt("pekko-raft.max-requests"),
        valid("pekko-raft.coordination.group", name -> Names.check("it", name)),
        valid("pekko-raft.coordination.start", ConfigurationReader::atOnce));
  }

  /** Whoever has a data directory means to be a member: as a client it would wait in silence. */
  private void refuseUnlisted(String id, boolean member, List<ListedMember> members) {
    if (member || members.isEmpty() || config.getString(StoreDirectories.DATA_DIR).isBlank()) {
      return;
    }
    throw OperatorException.configuration(
        ID
            + (id.isEmpty() ? " is not set; it must be" : " is '" + id + "', which is not")
            + " one of "
            + MEMBERS
            + " = "
            + members.stream().map(ListedMember::id).toList()
            + ": give this process the id that it has there, or add it to the list on all nodes. A"
            + " process that is to be a client only has no "
            + StoreDirectories.DATA_DIR
            + ".");
  }

  private <T> T valid(String path, Function<String, T> check) {
    String text = config.getString(path);
    if (text.isBlank()) {
      throw OperatorException.configuration(
          path
              + " is not set"
              + (path.equals(StoreDirectories.DATA_DIR)
                  ? ": give a directory on a local disk, for this process alone."
                  : "."));
    }
    try {
      return check.apply(text);
    } catch (IllegalArgumentException e) {
      throw OperatorException.configuration(path + " is '" + text + "': " + e.getMessage());
    }
  }

  private String plugin(String path) {
    if (!config.hasPath(path) || !config.hasPath(path + ".class")) {
      throw new IllegalArgumentException(
          "the configuration has no such section with a class; is its library on the class path?");
    }
    return path;
  }

  private static boolean atOnce(String text) {
    return switch (text) {
      case "at-once" -> true;
      case "when-used" -> false;
      default -> throw new IllegalArgumentException("must be at-once or when-used");
    };
  }

  // --- where the members are

  private AddressSettings addresses() {
    From from = valid(ADDRESSES + "from", ConfigurationReader::from);
    Config discovery = config.getConfig(ADDRESSES + "discovery");
    String service = discovery.getString("service-name");
    if (from == From.DISCOVERY && service.isBlank()) {
      throw OperatorException.configuration(
          ADDRESSES
              + "discovery.service-name is not set: with "
              + ADDRESSES
              + "from = discovery it names the service whose instances are asked.");
    }
    return new AddressSettings(
        from,
        config.getDuration(ADDRESSES + "ask-interval"),
        new Discovery(
            discovery.getString("method"),
            service,
            discovery.getString("port-name"),
            discovery.getString("protocol"),
            discovery.getDuration("lookup-timeout")),
        config.getString(ADDRESSES + "cluster.role"));
  }

  private static From from(String text) {
    for (From from : From.values()) {
      if (from.name().toLowerCase(Locale.ROOT).equals(text)) {
        return from;
      }
    }
    throw new IllegalArgumentException(
        "must be one of " + Arrays.toString(From.values()).toLowerCase(Locale.ROOT));
  }

  private List<ListedMember> members(From from) {
    List<ListedMember> members = new ArrayList<>();
    Set<NodeId> ids = new HashSet<>();
    Set<String> places = new HashSet<>();
    for (Config entry : entries()) {
      ListedMember member = member(entry, from);
      if (!ids.add(member.id())) {
        throw wrongMembers("'" + member.id() + "' is listed twice");
      }
      if (!member.host().isEmpty() && !places.add(member.hostAndPort())) {
        throw wrongMembers("'" + member.id() + "': another member has the same address");
      }
      members.add(member);
    }
    if (members.isEmpty()) {
      throw wrongMembers("the list of members is empty; list all nodes, the same on each of them");
    }
    return List.copyOf(members);
  }

  private List<? extends Config> entries() {
    try {
      return config.getConfigList(MEMBERS);
    } catch (ConfigException.WrongType e) {
      throw wrongMembers(
          "an entry is such as { id = a, host = 10.0.0.1, port = 2551 }; " + e.getMessage());
    }
  }

  private static ListedMember member(Config entry, From from) {
    for (String key : entry.root().keySet()) {
      if (!List.of("id", "host", "port", "http-port").contains(key)) {
        throw wrongMembers(
            "unknown key '"
                + key
                + "' ("
                + entry.origin().description()
                + "); an entry has id, host, port and http-port");
      }
    }
    if (!entry.hasPath("id")) {
      throw wrongMembers("an entry (" + entry.origin().description() + ") has no id");
    }
    NodeId id;
    try {
      id = NodeId.of(entry.getString("id"));
    } catch (IllegalArgumentException e) {
      throw wrongMembers(e.getMessage());
    }
    boolean complete = entry.hasPath("host") && entry.hasPath("port");
    if (from == From.CONFIGURATION && !complete) {
      throw wrongMembers(
          "'"
              + id
              + "' has no "
              + (entry.hasPath("host") ? "port" : "host")
              + "; with "
              + ADDRESSES
              + "from = configuration each entry needs host and port");
    }
    if (entry.hasPath("http-port")) {
      port(entry, "http-port");
    }
    // Where it is asked for, what is listed does not count, and must not be compared either.
    return from == From.CONFIGURATION
        ? new ListedMember(id, host(entry), port(entry, "port"))
        : new ListedMember(id, "", 0);
  }

  private static String host(Config entry) {
    String host = entry.getString("host");
    if (host.isBlank() || host.chars().anyMatch(c -> c <= ' ' || c == '@' || c == '/')) {
      throw wrongMembers("'" + host + "' is not a host");
    }
    return host;
  }

  private static int port(Config entry, String key) {
    int port = entry.getInt(key);
    if (port < 1 || port > 65_535) {
      throw wrongMembers(key + " is " + port + ", must be from 1 to 65535");
    }
    return port;
  }

  private static OperatorException wrongMembers(@Nullable String what) {
    return OperatorException.configuration(MEMBERS + ": " + what + ".");
  }
}

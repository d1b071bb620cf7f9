package io.pekkoraft.bootstrap.local;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The configuration file that the nodes of a local cluster share. */
final class ClusterFile {
  static final String NAME = "cluster.conf";
  private static final String MEMBERS = "pekko-raft.node.members";
  private static final String HOST = "127.0.0.1";

  private ClusterFile() {}

  /**
   * Writes the file, naming the nodes a, b, c and so on.
   *
   * @param basePort the nodes talk to each other at this port and those after it
   * @param baseHttpPort they serve HTTP at this port and those after it
   */
  static void write(Path file, int nodes, int basePort, int baseHttpPort) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(
        "# Written by bin/run-cluster; the same for all nodes. reference.conf explains each key.");
    lines.add("pekko-raft.node {");
    lines.add("  cluster = local");
    lines.add("  members = [");
    for (int i = 0; i < nodes; i++) {
      lines.add(
          "    { id = "
              + (char) ('a' + i)
              + ", host = "
              + HOST
              + ", port = "
              + (basePort + i)
              + ", http-port = "
              + (baseHttpPort + i)
              + " }");
    }
    lines.add("  ]");
    lines.add("}");
    Files.write(file, lines);
  }

  /**
   * Where the nodes serve HTTP, by id.
   *
   * @throws IOException if there is no such file, or something else is in it
   */
  static Map<String, NodeClient> read(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      throw new IOException(
          "there is no " + file + ": start the cluster first, with bin/run-cluster");
    }
    try {
      Map<String, NodeClient> nodes = new LinkedHashMap<>();
      for (Config member : ConfigFactory.parseFile(file.toFile()).getConfigList(MEMBERS)) {
        nodes.put(
            member.getString("id"),
            new NodeClient(member.getString("host") + ":" + member.getInt("http-port")));
      }
      return nodes;
    } catch (ConfigException malformed) {
      throw new IOException(malformed.getMessage(), malformed);
    }
  }
}

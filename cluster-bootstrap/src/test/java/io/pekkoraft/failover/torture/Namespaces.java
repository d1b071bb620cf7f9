package io.pekkoraft.failover.torture;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network namespace for each of a few nodes, joined by a bridge in a fourth one, where the
 * resource is: nothing of it touches the machine's own network. Needs root.
 */
public final class Namespaces implements AutoCloseable {
  private static final String PREFIX = "pekkoraft-";
  private static final String NET = "10.77.0.";
  private static final int PORT = 25520;
  private static final String NOBODY = "02:00:00:00:00:00";
  static final String RESOURCE_HOST = NET + 254;

  private final String prefix = PREFIX + ProcessHandle.current().pid() + "-";
  private final String hub = prefix + "hub";

  private final List<String> ids;

  private Namespaces(List<String> ids) {
    this.ids = ids;
  }

  /**
   * @param ids of the nodes
   * @throws IOException saying why, if this process may not, or lacks the tools
   */
  public static Namespaces create(List<String> ids) throws IOException {
    removeLeftOvers();
    Namespaces namespaces = new Namespaces(ids);
    try {
      namespaces.addHub();
      for (String id : ids) {
        namespaces.add(id);
      }
      // Needs what cutting will need.
      namespaces.heal();
    } catch (IOException failed) {
      namespaces.close();
      throw failed;
    }
    return namespaces;
  }

  private void addHub() throws IOException {
    ip("netns add " + hub);
    ip("-n " + hub + " link add br0 type bridge");
    ip("-n " + hub + " addr add " + RESOURCE_HOST + "/24 dev br0");
    ip("-n " + hub + " link set br0 up");
    ip("-n " + hub + " link set lo up");
  }

  private void add(String id) throws IOException {
    String name = name(id);
    String peer = "veth-" + id;
    ip("netns add " + name);
    ip("-n " + name + " link add eth0 type veth peer name " + peer + " netns " + hub);
    ip("-n " + hub + " link set " + peer + " master br0 up");
    ip("-n " + name + " addr add " + host(id) + "/24 dev eth0");
    ip("-n " + name + " link set eth0 up");
    ip("-n " + name + " link set lo up");
  }

  private String name(String id) {
    return prefix + id;
  }

  /** The address of a node. */
  public String host(String id) {
    return NET + (1 + ids.indexOf(id));
  }

  Map<String, String> members() {
    Map<String, String> members = new LinkedHashMap<>();
    ids.forEach(id -> members.put(id, host(id) + ":" + PORT));
    return members;
  }

  /** What to start the nodes by. */
  public Map<String, List<String>> around() {
    Map<String, List<String>> around = new LinkedHashMap<>();
    ids.forEach(id -> around.put(id, within(name(id))));
    return around;
  }

  /** What to start the resource by. */
  public List<String> aroundResource() {
    return within(hub);
  }

  private static List<String> within(String namespace) {
    return List.of("ip", "netns", "exec", namespace);
  }

  /**
   * From now on nothing that one node sends arrives at the other: it goes to an address of the
   * network card that nobody has.
   */
  public void cut(String from, String to) throws IOException {
    ip(
        "-n "
            + name(from)
            + " neigh replace "
            + host(to)
            + " lladdr "
            + NOBODY
            + " dev eth0 nud permanent");
  }

  /** Everything arrives again. */
  public void heal() throws IOException {
    for (String id : ids) {
      ip("-n " + name(id) + " neigh flush dev eth0 nud permanent");
    }
  }

  @Override
  public void close() throws IOException {
    remove(prefix);
  }

  /** Of programs like this one that were killed. */
  private static void removeLeftOvers() throws IOException {
    for (String name : names()) {
      if (name.startsWith(PREFIX)) {
        String pid = name.substring(PREFIX.length(), name.lastIndexOf('-'));
        if (ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
          ip("netns del " + name);
        }
      }
    }
  }

  private static void remove(String prefix) throws IOException {
    for (String name : names()) {
      if (name.startsWith(prefix)) {
        ip("netns del " + name);
      }
    }
  }

  /** {@code ip netns list} says a name and, after a space, perhaps a number. */
  private static List<String> names() throws IOException {
    return run(List.of("ip", "netns", "list")).lines().map(line -> line.split(" ", 2)[0]).toList();
  }

  private static void ip(String arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments.split(" ", -1)));
    run(command);
  }

  private static String run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(String.join(" ", command) + " failed: " + output.strip());
    }
    return output;
  }
}

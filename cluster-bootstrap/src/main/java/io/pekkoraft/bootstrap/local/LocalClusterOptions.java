package io.pekkoraft.bootstrap.local;

import java.nio.file.Path;
import java.util.List;

/**
 * What {@link LocalCluster} was asked for.
 *
 * @param data holds the shared configuration and a directory for each node
 * @param fresh wipe it first
 * @param nodes how many, 1 to 9
 * @param port the first node talks to the others here; the next ones at the ports after it
 * @param httpPort the same for HTTP
 */
record LocalClusterOptions(Path data, boolean fresh, int nodes, int port, int httpPort) {
  static final String USAGE =
      "usage: run-cluster [--fresh] [--data DIR] [--nodes 3] [--port 2551] [--http-port 8081]";

  private static final Path DEFAULT_DATA = Path.of("data");

  boolean isDefaultData() {
    return data.equals(DEFAULT_DATA);
  }

  /**
   * @throws IllegalArgumentException if the arguments are wrong
   */
  static LocalClusterOptions parse(String[] arguments) {
    Path data = DEFAULT_DATA;
    boolean fresh = false;
    int nodes = 3;
    int port = 2551;
    int httpPort = 8081;
    List<String> rest = List.of(arguments);
    while (!rest.isEmpty()) {
      String name = rest.get(0);
      if (name.equals("--fresh")) {
        fresh = true;
        rest = rest.subList(1, rest.size());
        continue;
      }
      if (rest.size() < 2) {
        throw new IllegalArgumentException("unknown or without a value: " + name + "\n" + USAGE);
      }
      String value = rest.get(1);
      switch (name) {
        case "--data" -> data = Path.of(value);
        case "--nodes" -> nodes = number(name, value, 1, 9);
        case "--port" -> port = number(name, value, 1, 65_000);
        case "--http-port" -> httpPort = number(name, value, 1, 65_000);
        default -> throw new IllegalArgumentException("unknown argument " + name + "\n" + USAGE);
      }
      rest = rest.subList(2, rest.size());
    }
    return new LocalClusterOptions(data, fresh, nodes, port, httpPort);
  }

  private static int number(String name, String value, int min, int max) {
    try {
      int number = Integer.parseInt(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException notOne) {
      // Reported below.
    }
    throw new IllegalArgumentException(
        name + " must be a number from " + min + " to " + max + ", is " + value);
  }
}

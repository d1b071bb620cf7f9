package io.pekkoraft.testkit.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the command line says; {@link ClusterBenchmark} explains each. */
final class Options {
  private List<Integer> outstanding = List.of(1024, 64, 1);
  private int payloadBytes = 256;
  private int seconds = 10;
  private int warmUpSeconds = 20;
  private int processes = 1;
  private String heap = "512m";
  private long writes;
  private Path directory = Path.of("target", "cluster-benchmark");
  private final List<String> settings = new ArrayList<>();

  private Options() {}

  /**
   * @throws IllegalArgumentException naming what it does not understand
   */
  static Options parse(String[] arguments) {
    Options options = new Options();
    for (int i = 0; i < arguments.length; i += 2) {
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException(arguments[i] + " needs a value");
      }
      options.set(arguments[i], arguments[i + 1]);
    }
    return options;
  }

  private void set(String name, String value) {
    switch (name) {
      case "--outstanding" ->
          outstanding = Arrays.stream(value.split(",", -1)).map(Integer::valueOf).toList();
      case "--payload" -> payloadBytes = Integer.parseInt(value);
      case "--seconds" -> seconds = Integer.parseInt(value);
      case "--warm-up" -> warmUpSeconds = Integer.parseInt(value);
      case "--processes" -> processes = processes(value);
      case "--heap" -> heap = value;
      case "--writes" -> writes = Long.parseLong(value);
      case "--directory" -> directory = Path.of(value);
      case "--set" -> settings.add(value);
      default -> throw new IllegalArgumentException("no such option: " + name);
    }
  }

  private static int processes(String value) {
    return switch (value) {
      case "1" -> 1;
      case "3" -> 3;
      default -> throw new IllegalArgumentException("--processes must be 1 or 3, not " + value);
    };
  }

  List<Integer> outstanding() {
    return outstanding;
  }

  int payloadBytes() {
    return payloadBytes;
  }

  int seconds() {
    return seconds;
  }

  int warmUpSeconds() {
    return warmUpSeconds;
  }

  int processes() {
    return processes;
  }

  String heap() {
    return heap;
  }

  /** 0 if the time limits the run. */
  long writes() {
    return writes;
  }

  Path directory() {
    return directory;
  }

  String settings() {
    return String.join("\n", settings);
  }
}

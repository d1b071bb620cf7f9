package io.pekkoraft.persistence.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a series of processes on one directory has promised, and whether the next one keeps it. */
final class ObservedProcess {
  private final Path directory;
  private final Map<String, Long> confirmed = new TreeMap<>();
  private long events;
  private int failures;

  /** One that runs. */
  private @Nullable Process process;

  private @Nullable BufferedReader output;

  ObservedProcess(Path directory) {
    this.directory = directory;
  }

  /** Starts a process; all that was confirmed before must be there. */
  void start() throws IOException {
    Path errors = Files.createTempFile("load", ".log");
    errors.toFile().deleteOnExit();
    Process started =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                LoadProcess.class.getName(),
                directory.toString())
            .redirectError(errors.toFile())
            .start();
    process = started;
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(started.getInputStream(), UTF_8));
    output = reader;
    List<String> recovered = new ArrayList<>();
    while (recovered.size() < LoadProcess.ACTORS) {
      String line = reader.readLine();
      if (line == null) {
        throw new AssertionError("the process has ended: " + Files.readString(errors));
      }
      hear(line);
      if (line.startsWith("R ")) {
        recovered.add(line);
      }
    }
  }

  private void hear(String line) {
    String[] words = line.split(" ", 3);
    switch (words[0]) {
      case "R" -> {
        long recovered = Long.parseLong(words[2]);
        assertThat(recovered)
            .as("recovered of %s", words[1])
            .isGreaterThanOrEqualTo(confirmed.getOrDefault(words[1], 0L));
        confirmed.put(words[1], recovered);
      }
      case "A" -> {
        confirmed.put(words[1], Long.parseLong(words[2]));
        events++;
      }
      case "F" -> failures++;
      default -> throw new AssertionError(line);
    }
  }

  /** Listens until a line is heard that is meant. */
  void listenUntil(Predicate<String> meant) throws IOException {
    BufferedReader reader = output;
    String line = reader == null ? null : reader.readLine();
    while (line != null) {
      hear(line);
      if (meant.test(line)) {
        return;
      }
      line = reader == null ? null : reader.readLine();
    }
    throw new AssertionError("the process has ended");
  }

  /** Listens to so many confirmations. */
  void listen(int confirmations) throws IOException {
    long until = events + confirmations;
    listenUntil(line -> events >= until);
  }

  /** Kills it, and hears the last of what it said. */
  void kill() throws IOException, InterruptedException {
    Process running = process;
    BufferedReader reader = output;
    if (running == null || reader == null) {
      return;
    }
    running.destroyForcibly();
    try {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("A ") && line.split(" ", 3).length == 3) {
          hear(line);
        }
      }
    } catch (IOException streamClosed) {
      // What was not read was not heard.
    }
    running.waitFor();
    process = null;
  }

  /** How many events were confirmed. */
  long events() {
    return events;
  }

  /** How many times an actor was told that the store has failed. */
  int failures() {
    return failures;
  }
}

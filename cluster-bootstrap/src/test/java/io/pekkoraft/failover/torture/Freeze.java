package io.pekkoraft.failover.torture;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * A time that a process was stopped by SIGSTOP. All times as {@link System#nanoTime}.
 *
 * @param node its id
 * @param stopped it did nothing any more when this was read
 * @param resumed it was not told to go on before this
 */
public record Freeze(String node, long stopped, long resumed) {
  // A shell of its own lets the process go on even if we are gone by then.
  private static final String SCRIPT =
      "trap '' PIPE INT TERM HUP; kill -STOP $0 && echo stopped; sleep $1; kill -CONT $0 && echo"
          + " resumed";

  /** True if the handler was under way all the time that its process was stopped. */
  boolean inside(Handled handler) {
    return handler.node().equals(node) && handler.start() <= stopped && handler.end() >= resumed;
  }

  /** True if the handler began on the node after its process went on. */
  boolean isBefore(Handled handler) {
    return handler.node().equals(node) && handler.start() >= resumed;
  }

  /** Stops a process; waits until it goes on. */
  public static Freeze of(String node, long pid, Duration time) throws IOException {
    String seconds = String.format(Locale.ROOT, "%.3f", time.toMillis() / 1e3);
    long before = System.nanoTime();
    Process shell =
        new ProcessBuilder("sh", "-c", SCRIPT, Long.toString(pid), seconds)
            .redirectErrorStream(true)
            .start();
    try (BufferedReader lines = shell.inputReader()) {
      String first = lines.readLine();
      long stopped = System.nanoTime();
      String second = lines.readLine();
      if (!List.of("stopped", "resumed")
          .equals(List.of(String.valueOf(first), String.valueOf(second)))) {
        throw new IOException("SIGSTOP of " + pid + " failed: " + first + " " + second);
      }
      return new Freeze(node, stopped, before + time.toNanos());
    }
  }
}

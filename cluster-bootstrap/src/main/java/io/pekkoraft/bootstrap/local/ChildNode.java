package io.pekkoraft.bootstrap.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A node that runs as a process of ours, and ends with us. */
public final class ChildNode {
  private static final String MAIN = "io.pekkoraft.bootstrap.Main";

  private final String id;
  private final Process process;
  private final Thread reader;

  private ChildNode(String id, Process process, Thread reader) {
    this.id = id;
    this.process = process;
    this.reader = reader;
  }

  /**
   * Starts a node on this program's own class path.
   *
   * @param configuration the file that all nodes share
   * @param data the node's own directory
   * @param maxHeap as for {@code -Xmx}
   * @param output gets each line that the node writes, on a thread of its own
   */
  public static ChildNode start(
      String id, Path configuration, Path data, String maxHeap, Consumer<String> output)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx" + maxHeap,
            "-XX:+ExitOnOutOfMemoryError",
            "-cp",
            System.getProperty("java.class.path"),
            MAIN,
            "--config",
            configuration.toString());
    builder
        .environment()
        .putAll(
            Map.of(
                "PEKKO_RAFT_NODE_ID",
                id,
                "PEKKO_RAFT_DATA_DIR",
                data.toString(),
                // Its input is a pipe from us: should we be killed, it ends.
                "PEKKO_RAFT_STOP_WHEN_STDIN_ENDS",
                "true"));
    Process process = builder.redirectErrorStream(true).start();
    Thread reader = new Thread(() -> read(process, output), "output of " + id);
    reader.setDaemon(true);
    reader.start();
    return new ChildNode(id, process, reader);
  }

  private static void read(Process process, Consumer<String> output) {
    try (BufferedReader lines = process.inputReader()) {
      lines.lines().forEach(output);
    } catch (IOException | UncheckedIOException ended) {
      // The process is gone, and with it its output.
    }
  }

  public String id() {
    return id;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** How it ended, for people: with a code, or by a signal. To be asked only once it has ended. */
  public String howItEnded() {
    int code = process.exitValue();
    return code > 128 ? "was killed by signal " + (code - 128) : "ended with exit code " + code;
  }

  /** As {@code kill -9}: without a chance to do anything. Returns when it is gone. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Tells it to stop, in good order. */
  public void stop() {
    process.destroy();
  }

  /**
   * Waits for its end and the last of its output; kills it if that takes longer. Returns its exit
   * code.
   */
  public int awaitEnd(Duration patience) throws InterruptedException {
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
    }
    int code = process.waitFor();
    reader.join(patience.toMillis());
    return code;
  }

  /** All of them at once, in parallel. */
  static void stopAll(List<ChildNode> children, Duration patience) throws InterruptedException {
    children.forEach(ChildNode::stop);
    for (ChildNode child : children) {
      child.awaitEnd(patience);
    }
  }
}

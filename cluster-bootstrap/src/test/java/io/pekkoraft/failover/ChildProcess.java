package io.pekkoraft.failover;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A Java program on this one's class path, as a process of ours: it tells us {@link Report}s, we
 * tell it lines, and it ends when its input does.
 */
public final class ChildProcess {
  private final Process process;
  private final BufferedWriter input;
  private final Thread reader;

  private ChildProcess(Process process, Thread reader) {
    this.process = process;
    this.input = process.outputWriter();
    this.reader = reader;
  }

  /**
   * As {@link #start(List, List, Class, List, Path, Consumer)}, with no options of Java's beyond
   * those that all have.
   */
  public static ChildProcess start(
      List<String> around,
      Class<?> main,
      List<String> arguments,
      Path log,
      Consumer<Report> reports)
      throws IOException {
    return start(around, List.of(), main, arguments, log, reports);
  }

  /**
   * @param around what runs the command, such as {@code ip netns exec NAME}; it must become the
   *     command, so that the process keeps its id
   * @param options of Java's, as {@code -X...}
   * @param log gets, at its end, the lines that are no reports
   * @param reports told on a thread of their own, in order
   */
  public static ChildProcess start(
      List<String> around,
      List<String> options,
      Class<?> main,
      List<String> arguments,
      Path log,
      Consumer<Report> reports)
      throws IOException {
    List<String> command = new ArrayList<>(around);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-Dlogback.configurationFile=failover-logback.xml");
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Thread reader = new Thread(() -> read(process, log, reports), "output of " + process.pid());
    reader.setDaemon(true);
    reader.start();
    return new ChildProcess(process, reader);
  }

  private static void read(Process process, Path log, Consumer<Report> reports) {
    try (BufferedReader lines = process.inputReader();
        PrintWriter rest =
            new PrintWriter(
                Files.newBufferedWriter(
                    log, StandardOpenOption.CREATE, StandardOpenOption.APPEND))) {
      lines.lines().forEach(line -> sort(line, process.pid(), rest, reports));
    } catch (IOException | UncheckedIOException ended) {
      // The process is gone, and with it its output.
    }
  }

  private static void sort(String line, long pid, PrintWriter rest, Consumer<Report> reports) {
    Optional<Report> report = Report.parse(line);
    if (report.isPresent()) {
      reports.accept(report.get());
    } else {
      rest.println(pid + " " + line);
      rest.flush();
    }
  }

  /** Says a line to it; nothing happens if it has ended. */
  public void tell(String line) {
    synchronized (input) {
      try {
        input.write(line);
        input.newLine();
        input.flush();
      } catch (IOException gone) {
        // Who needs its answer waits for that, with a limit.
      }
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** As {@code kill -9}; returns at once. */
  public void kill() {
    process.destroyForcibly();
  }

  /** As {@code kill -9}; returns when it has ended. */
  public void end() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** As {@code kill}: it may end in good order; returns at once. */
  public void terminate() {
    // Not Process.destroy: that would also end its input, on which it ends at once.
    process.toHandle().destroy();
  }

  /** Waits for its end and the last of its output; kills it if that takes longer. */
  public void awaitEnd(Duration patience) throws InterruptedException {
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
      process.waitFor();
    }
    reader.join(patience.toMillis());
  }
}

package io.pekkoraft.testkit.bench;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * How fast a group of three is: real members with Artery TCP on loopback, a data directory and a
 * write-ahead log each, a flush on every commit; a closed loop at the API of the member that leads.
 *
 * <pre>
 * mvn -q -Pjmh -pl testkit -am -DskipTests package
 * java @testkit/target/cluster-benchmark.args
 * </pre>
 *
 * <p>Options, all with a default:
 *
 * <pre>
 * --outstanding 1024,64,1    commands kept unanswered, a row for each; the last is the warmest
 * --payload 256              bytes of a command
 * --seconds 10               per row
 * --warm-up 20               seconds before the first row, with 64 outstanding
 * --processes 1              1: three actor systems in this process; 3: three processes
 * --heap 512m                of each process, if there are three
 * --writes 10000000          instead of the rows: so many writes with the first --outstanding,
 *                            telling heap and disk as it goes
 * --directory target/...     for the data; must not exist, is removed at the end
 * --set key=value            a configuration key of the members; may be given again
 * </pre>
 *
 * <p>The columns: writes per second; the time from the proposal to its answer at 50 %, 99 % and
 * 99.9 % of the writes, and the longest; processor time of everything (three members and the load)
 * for a write; flushes for a write and member; requests that failed.
 */
final class ClusterBenchmark {
  private static final long REPORT_SECONDS = 5;
  private static final long START_MILLIS = 60_000;
  private static final PrintStream OUT = System.out;

  private final Options options;
  private final Group group;

  private ClusterBenchmark(Options options, Group group) {
    this.options = options;
    this.group = group;
  }

  public static void main(String[] arguments) throws Exception {
    Options options = Options.parse(arguments);
    HeapWatch.start();
    Files.createDirectories(options.directory().toAbsolutePath().getParent());
    Files.createDirectory(options.directory());
    try (Group group = open(options)) {
      new ClusterBenchmark(options, group).run();
    } finally {
      delete(options.directory());
    }
  }

  private static Group open(Options options) {
    Config overrides =
        ConfigFactory.parseString(
            """
            pekko.loglevel = ERROR
            pekko.stdout-loglevel = OFF
            # As reference.conf advises, and as the runnable node has it.
            pekko.actor.internal-dispatcher = pekko-raft.dispatcher
            pekko.remote.artery.advanced.use-dispatcher = pekko-raft.dispatcher
            pekko.remote.artery.advanced.inbound-lanes = 1
            """
                + options.settings());
    Path directory = options.directory().toAbsolutePath();
    return options.processes() == 3
        ? new ThreeProcesses(directory, overrides, options.heap())
        : new OneProcess(directory, overrides);
  }

  private void run() throws Exception {
    if (options.writes() > 0) {
      runWrites();
    } else {
      runRows();
    }
  }

  private void runRows() throws InterruptedException, ExecutionException {
    OUT.printf(
        "%d processes, %d bytes, %d s per row after %d s of warm-up; load average %.1f%n%n",
        options.processes(),
        options.payloadBytes(),
        options.seconds(),
        options.warmUpSeconds(),
        loadAverage());
    if (options.warmUpSeconds() > 0) {
      group.start(load(64, options.warmUpSeconds())).get();
    }
    OUT.println(
        "| outstanding | writes/s | p50 ms | p99 ms | p99.9 ms | max ms | CPU µs/write |"
            + " flushes/write/member | failed |");
    OUT.println("|---|---|---|---|---|---|---|---|---|");
    for (int outstanding : options.outstanding()) {
      row(outstanding);
    }
    OUT.printf("%nload average at the end %.1f%n", loadAverage());
  }

  private Load load(int outstanding, int seconds) {
    return Load.forMillis(outstanding, options.payloadBytes(), TimeUnit.SECONDS.toMillis(seconds));
  }

  private void row(int outstanding) throws InterruptedException, ExecutionException {
    group.start(load(outstanding, 1)).get();
    Usage before = group.usage();
    LoadResult result = group.start(load(outstanding, options.seconds())).get();
    Usage after = group.usage();
    OUT.printf(
        "| %d | %,.0f | %.2f | %.2f | %.2f | %.1f | %.1f | %.3f | %d |%n",
        outstanding,
        result.writesPerSecond(),
        result.p50Millis(),
        result.p99Millis(),
        result.p999Millis(),
        result.maxMillis(),
        (after.cpuNanos() - before.cpuNanos()) / 1e3 / result.writes(),
        (after.flushes() - before.flushes()) / 3.0 / result.writes(),
        result.failures());
  }

  private void runWrites() throws Exception {
    int outstanding = options.outstanding().get(0);
    OUT.printf(
        "%,d writes of %d bytes, %d outstanding, %d processes; load average %.1f%n",
        options.writes(), options.payloadBytes(), outstanding, options.processes(), loadAverage());
    OUT.println("| after s | applied by all | most heap MiB | disk MiB of all three |");
    OUT.println("|---|---|---|---|");
    group.start(new Load(1, options.payloadBytes(), START_MILLIS, 1)).get();
    long start = System.nanoTime();
    Usage before = group.usage();
    CompletableFuture<LoadResult> running =
        group.start(
            new Load(
                outstanding, options.payloadBytes(), TimeUnit.DAYS.toMillis(1), options.writes()));
    long mostDisk = 0;
    while (!isDone(running)) {
      mostDisk = Math.max(mostDisk, report(start));
    }
    LoadResult result = running.get();
    group.awaitApplied(result.writes());
    mostDisk = Math.max(mostDisk, report(start));
    Usage after = group.usage();
    OUT.printf(
        "%n%,d writes in %.1f s: %,.0f a second, p50 %.2f ms, p99 %.2f, p99.9 %.2f, longest %.0f;"
            + " %d failed; CPU %.1f µs a write; most heap after a collection %d MiB,"
            + " most disk %d MiB; load average %.1f%n",
        result.writes(),
        result.seconds(),
        result.writesPerSecond(),
        result.p50Millis(),
        result.p99Millis(),
        result.p999Millis(),
        result.maxMillis(),
        result.failures(),
        (after.cpuNanos() - before.cpuNanos()) / 1e3 / result.writes(),
        after.heapBytes() >> 20,
        mostDisk >> 20,
        loadAverage());
  }

  private static boolean isDone(CompletableFuture<LoadResult> running)
      throws InterruptedException, ExecutionException {
    try {
      running.get(REPORT_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException goesOn) {
      return false;
    }
  }

  private long report(long start) throws IOException {
    Usage usage = group.usage();
    long disk = size(options.directory());
    OUT.printf(
        "| %.0f | %,d | %d | %d |%n",
        (System.nanoTime() - start) / 1e9, usage.applied(), usage.heapBytes() >> 20, disk >> 20);
    return disk;
  }

  private static double loadAverage() {
    return java.lang.management.ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static List<Path> walk(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.sorted(Comparator.reverseOrder()).toList();
    } catch (java.io.UncheckedIOException changedMeanwhile) {
      return List.of();
    }
  }

  private static long size(Path directory) throws IOException {
    long bytes = 0;
    for (Path file : walk(directory)) {
      bytes += sizeOf(file);
    }
    return bytes;
  }

  /** Files come and go while they are counted. */
  private static long sizeOf(Path file) throws IOException {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : 0;
    } catch (NoSuchFileException goneMeanwhile) {
      return 0;
    }
  }

  private static void delete(Path directory) throws IOException {
    for (Path file : walk(directory)) {
      Files.deleteIfExists(file);
    }
  }
}

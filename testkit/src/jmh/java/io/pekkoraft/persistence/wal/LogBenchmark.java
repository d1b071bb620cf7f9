package io.pekkoraft.persistence.wal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Prints how many events a second become durable: through a bare file, through one that is given as
 * many bytes as the log writes for these events, through the write-ahead log alone and as a
 * plug-in, through RocksDB alone and as a plug-in; and what Pekko's way to a journal and back
 * allows, and that of direct replies, through a plug-in that confirms at once and keeps nothing. An
 * event carries a batch of entries of 256 bytes; each id has one write in flight. All take turns of
 * a second, several times, so that they meet the same disk; the median counts. Some turns before
 * are not counted, the same number for all, so that the code is compiled.
 *
 * <p>The log writes every byte of a new file twice: once as zeros, before the file is used; files
 * of dropped segments it uses again. What that leaves of the cost where the disk's bandwidth
 * matters, a last line shows: there the file is so large that no second one is needed.
 *
 * <p>Arguments: directory (on the disk to be measured; default the system's temporary directory),
 * rounds (default 5), one point, such as {@code 256x1} for 256 ids and batches of 1 (default all).
 */
public final class LogBenchmark {
  private static final int ENTRY_BYTES = 256;
  private static final long TURN_NANOS = 1_000_000_000;
  private static final int WARM_UP_ROUNDS = 3;
  private static final int SEGMENT_SIZE = 64 << 20;
  private static final int LARGE_SEGMENT_SIZE = 1 << 30;
  private static final String PLUG_IN = "pekko-raft.persistence.journal";
  private static final List<Point> POINTS =
      List.of(
          new Point(1, 1),
          new Point(1, 16),
          new Point(1, 128),
          new Point(64, 1),
          new Point(256, 1));

  private LogBenchmark() {}

  /** How to open what is measured. */
  @FunctionalInterface
  private interface Opening {
    LogUnderTest open(Path directory) throws IOException;
  }

  private record Point(int ids, int entries) {
    String name() {
      return ids + "x" + entries;
    }

    @Override
    public String toString() {
      return ids + (ids == 1 ? " id, batches of " : " ids, batches of ") + entries;
    }
  }

  /** Prints the table. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path base =
        arguments.length > 0
            ? Files.createDirectories(Path.of(arguments[0]))
            : Path.of(System.getProperty("java.io.tmpdir"));
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
    String only = arguments.length > 2 ? arguments[2] : "";
    System.out.printf(
        "%-26s %9s %12s %9s %9s %9s %9s %9s %9s   %s%n",
        "events/s",
        "bare",
        "bare, longer",
        "writer",
        "plug-in",
        "RocksDB",
        "R. plug-in",
        "no disk",
        "direct",
        "of bare: writer, plug-in; of longer: writer");
    for (Point point : POINTS) {
      if (only.isEmpty() || only.equals(point.name())) {
        print(point.toString(), measure(point, openings(point), base, rounds));
      }
    }
    if (only.isEmpty()) {
      Point point = new Point(1, 128);
      print("the same, one large file", measure(point, withoutSecondFile(), base, rounds));
      RecoveryMeasurement.print(base);
    }
  }

  private static Map<String, Opening> openings(Point point) {
    int ids = point.ids();
    boolean one = ids == 1;
    Map<String, Opening> openings = new LinkedHashMap<>();
    int payload = ids * point.entries() * ENTRY_BYTES;
    int added = OwnLog.batchLength(ids, point.entries() * ENTRY_BYTES) - payload;
    openings.put("bare", directory -> new BareLoop(directory, 0));
    openings.put("bare, longer", directory -> new BareLoop(directory, added));
    openings.put("writer", directory -> new OwnLog(directory, ids, one, SEGMENT_SIZE));
    openings.put("plug-in", directory -> new PluginLog(directory, PLUG_IN, ids));
    openings.put("RocksDB", directory -> new RocksLog(directory, one));
    openings.put("R. plug-in", directory -> new PluginLog(directory, "rocks-journal", ids));
    openings.put("no disk", directory -> new PluginLog(directory, "memory-journal", ids));
    openings.put("direct", directory -> new PluginLog(directory, "direct-memory-journal", ids));
    return openings;
  }

  private static Map<String, Opening> withoutSecondFile() {
    Map<String, Opening> openings = new LinkedHashMap<>();
    openings.put("bare", directory -> new BareLoop(directory, 0));
    openings.put("writer", directory -> new OwnLog(directory, 1, true, LARGE_SEGMENT_SIZE));
    return openings;
  }

  private static Map<String, double[]> measure(
      Point point, Map<String, Opening> openings, Path base, int rounds)
      throws IOException, InterruptedException {
    Map<String, double[]> rates = new LinkedHashMap<>();
    Map<String, LogUnderTest> logs = new LinkedHashMap<>();
    Path directory = Files.createTempDirectory(base, "log-benchmark");
    try {
      for (Map.Entry<String, Opening> opening : openings.entrySet()) {
        Path own = directory.resolve(opening.getKey());
        Files.createDirectory(own);
        logs.put(opening.getKey(), opening.getValue().open(own));
        rates.put(opening.getKey(), new double[rounds]);
      }
      Map<String, Turns> turns = new LinkedHashMap<>();
      logs.forEach((name, log) -> turns.put(name, new Turns(log, point)));
      for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
        for (Map.Entry<String, double[]> rate : rates.entrySet()) {
          double measured = Objects.requireNonNull(turns.get(rate.getKey())).run();
          if (round >= 0) {
            rate.getValue()[round] = measured;
          }
        }
      }
    } finally {
      for (LogUnderTest log : logs.values()) {
        log.close();
      }
      delete(directory);
    }
    return rates;
  }

  private static void print(String what, Map<String, double[]> rates) {
    StringBuilder line = new StringBuilder(String.format("%-26s", what));
    rates.forEach(
        (name, values) ->
            line.append(String.format(" %" + Math.max(9, name.length()) + ".0f", median(values))));
    double[] bare = of(rates, "bare");
    line.append(String.format("   %3.0f %%", 100 * ratio(of(rates, "writer"), bare)));
    double[] plugIn = rates.get("plug-in");
    if (plugIn != null) {
      line.append(String.format(", %3.0f %%", 100 * ratio(plugIn, bare)));
      double[] longer = of(rates, "bare, longer");
      line.append(String.format("; of longer: %3.0f %%", 100 * ratio(of(rates, "writer"), longer)));
    }
    System.out.println(line);
  }

  private static double[] of(Map<String, double[]> rates, String name) {
    return Objects.requireNonNull(rates.get(name), name);
  }

  /** The median of the ratios within a round. */
  private static double ratio(double[] values, double[] to) {
    double[] ratios = new double[values.length];
    Arrays.setAll(ratios, i -> values[i] / to[i]);
    return median(ratios);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** One log's turns: each id writes its next event as soon as the one before is durable. */
  private static final class Turns {
    private final LogUnderTest log;
    private final Point point;
    private final byte[] payload;
    private final long[] sequenceNrs;
    private final AtomicLong written = new AtomicLong();
    private volatile long until;
    private CountDownLatch idle = new CountDownLatch(0);

    Turns(LogUnderTest log, Point point) {
      this.log = log;
      this.point = point;
      this.payload = new byte[point.entries() * ENTRY_BYTES];
      new Random(1).nextBytes(payload);
      this.sequenceNrs = new long[point.ids()];
    }

    double run() throws InterruptedException {
      long before = written.get();
      long start = System.nanoTime();
      until = start + TURN_NANOS;
      idle = new CountDownLatch(point.ids());
      if (log.blocks() && point.ids() == 1) {
        while (System.nanoTime() < until) {
          write(0, () -> written.incrementAndGet());
        }
      } else if (log.blocks()) {
        runInGroups();
      } else {
        for (int id = 0; id < point.ids(); id++) {
          next(id);
        }
        idle.await();
      }
      return (written.get() - before) * 1e9 / (System.nanoTime() - start);
    }

    /** The bare file for many ids: one write and flush for all of them. */
    private void runInGroups() {
      byte[] all = new byte[payload.length * point.ids()];
      while (System.nanoTime() < until) {
        try {
          log.write(0, ++sequenceNrs[0], all, () -> written.addAndGet(point.ids()));
        } catch (IOException failure) {
          throw new UncheckedIOException(failure);
        }
      }
    }

    private void next(int id) {
      write(
          id,
          () -> {
            written.incrementAndGet();
            if (System.nanoTime() < until) {
              next(id);
            } else {
              idle.countDown();
            }
          });
    }

    private void write(int id, Runnable done) {
      try {
        log.write(id, ++sequenceNrs[id], payload, done);
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }
}

package io.pekkoraft.persistence.wal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How many rounds a second become durable, in which each id writes one event, of so many entries of
 * 256 bytes: a flush each for the bare file and the log. {@code java @testkit/target/jmh.args
 * LogRoundBenchmark}; {@code -p directory=/dev/shm} leaves the disk out and shows what the
 * processor does, {@code -prof gc} the bytes allocated in a round. A disk changes from minute to
 * minute: for a comparison take {@link LogBenchmark}, in which all take turns.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LogRoundBenchmark {
  private static final int ENTRY_BYTES = 256;
  private static final int SEGMENT_SIZE = 64 << 20;

  /** Ids, and entries in an event of each. */
  @Param({"1x1", "1x16", "1x128", "64x1", "256x1"})
  public String point = "";

  @Param({"bare", "writer", "plug-in", "RocksDB"})
  public String log = "";

  /** On the disk to be measured; empty for the system's temporary directory. */
  @Param("")
  public String directory = "";

  private Path own = Path.of("");
  private LogUnderTest opened = new NoLog();
  private byte[] payload = {};
  private int ids;
  private int events;
  private long sequenceNr;

  /** Before one is opened. */
  private static final class NoLog implements LogUnderTest {
    @Override
    public void write(int id, long sequenceNr, byte[] payload, Runnable done) {
      throw new IllegalStateException("no log is open");
    }

    @Override
    public boolean blocks() {
      return true;
    }

    @Override
    public void close() {}
  }

  /** Opens a new log. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    int by = point.indexOf('x');
    ids = Integer.parseInt(point.substring(0, by));
    boolean one = ids == 1;
    boolean bare = log.equals("bare");
    // The bare file for many ids: one write and flush for all of them.
    events = bare ? 1 : ids;
    int entries = Integer.parseInt(point.substring(by + 1));
    payload = new byte[ENTRY_BYTES * entries * (bare ? ids : 1)];
    new Random(1).nextBytes(payload);
    Path base = Path.of(directory.isEmpty() ? System.getProperty("java.io.tmpdir") : directory);
    own = Files.createTempDirectory(base, "log-round-benchmark");
    opened =
        switch (log) {
          case "bare" -> new BareLoop(own, 0);
          case "writer" -> new OwnLog(own, ids, one, SEGMENT_SIZE);
          case "plug-in" -> new PluginLog(own, "pekko-raft.persistence.journal", ids);
          case "RocksDB" -> new RocksLog(own, one);
          default -> throw new IllegalArgumentException("there is no log '" + log + "'");
        };
  }

  /** One event of each id; returns when all are durable. */
  @Benchmark
  public void round() throws InterruptedException {
    sequenceNr++;
    CountDownLatch durable = new CountDownLatch(events);
    for (int id = 0; id < events; id++) {
      try {
        opened.write(id, sequenceNr, payload, durable::countDown);
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
    durable.await();
  }

  /** Closes the log and deletes its files. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    opened.close();
    LogBenchmark.delete(own);
  }
}

package io.pekkoraft.failover.compare;

import io.pekkoraft.failover.Options;
import io.pekkoraft.failover.Variant;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Shows in one table how long there is no instance after {@code kill -9} and after SIGTERM of the
 * process that ran it, for each {@link Variant}: three JVMs on this machine, asked every few
 * milliseconds.
 */
public final class CompareFailover {
  private static final String USAGE =
      """
      usage: compare-failover [--variants raft,pekko,pekko-tuned] [--seed N] [--logs DIRECTORY]
             [--rounds 50] [--graceful-rounds 20] [--pekko-rounds 3] [--pekko-graceful-rounds 3]\
      """;

  private final Options options;
  private final List<Failovers> all = new ArrayList<>();

  private CompareFailover(Options options) {
    this.options = options;
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    try {
      new CompareFailover(
              Options.parse(
                  arguments,
                  USAGE,
                  List.of(
                      "variants",
                      "seed",
                      "logs",
                      "rounds",
                      "graceful-rounds",
                      "pekko-rounds",
                      "pekko-graceful-rounds")))
          .run();
    } catch (IllegalArgumentException | IllegalStateException wrong) {
      System.err.println("compare-failover: " + wrong.getMessage());
      System.exit(2);
    }
  }

  private void run() throws IOException, InterruptedException {
    long seed = options.number("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE);
    String logs = options.text("logs", "");
    Path directory = logs.isEmpty() ? Files.createTempDirectory("compare-failover") : Path.of(logs);
    String conditions = conditions(seed);
    for (Variant variant : variants()) {
      Path own = Files.createDirectories(directory.resolve(variant.id()));
      Failovers failovers =
          new Failovers(variant, own, new SplittableRandom(seed), System.err::println);
      all.add(failovers);
      failovers.measure(
          rounds(variant, "rounds", 50, 3), rounds(variant, "graceful-rounds", 20, 3));
    }
    print(conditions);
  }

  private List<Variant> variants() {
    return Stream.of(options.text("variants", "raft,pekko,pekko-tuned").split(",", -1))
        .map(Variant::of)
        .toList();
  }

  private int rounds(Variant variant, String name, int ours, int pekkos) {
    return variant.isRaft() ? options.count(name, ours) : options.count("pekko-" + name, pekkos);
  }

  private static String conditions(long seed) {
    return String.format(
        Locale.ROOT,
        "Java %s, %d processors, load %.1f at the start, seed %d",
        System.getProperty("java.version"),
        Runtime.getRuntime().availableProcessors(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        seed);
  }

  private void print(String conditions) {
    String row = "%-30s%s%s%n";
    System.out.println();
    System.out.println(
        "Milliseconds from the signal until the users on both other nodes, asking every "
            + Failovers.ASK_EVERY_MILLIS
            + " ms, were answered by another instance.");
    System.out.println("Three JVMs on one machine; " + conditions);
    System.out.println();
    System.out.printf(row, "", "   kill -9" + " ".repeat(36), "   SIGTERM");
    System.out.printf(row, "", Samples.header(), Samples.header());
    for (Failovers failovers : all) {
      System.out.printf(
          row,
          failovers.variant().label(),
          failovers.killed().columns(),
          failovers.terminated().columns());
      if (failovers.variant().isRaft()) {
        part("  its node led the group too", failovers.killedLeading());
        part("  another node led it", failovers.killedFollowing());
      }
    }
    System.out.println();
    for (Failovers failovers : all) {
      System.out.println(failovers.variant().label() + ": " + failovers.variant().settings());
    }
  }

  private static void part(String which, Samples killed) {
    System.out.printf("%-30s%s%n", which, killed.columns());
  }
}

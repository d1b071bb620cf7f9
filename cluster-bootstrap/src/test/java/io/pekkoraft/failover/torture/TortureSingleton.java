package io.pekkoraft.failover.torture;

import io.pekkoraft.failover.Options;
import io.pekkoraft.failover.SingletonNodes;
import io.pekkoraft.failover.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Freezes the process of a single instance and cuts the network around it, round after round, while
 * users on three nodes ask it and it uses a fenced resource; checks the {@link HandlerRules}. Ends
 * with exit code 1 if one was broken.
 */
public final class TortureSingleton {
  private static final String USAGE =
      """
      usage: torture-singleton [--rounds 200] [--seed N] [--kinds freeze-inside,deaf,...]
             [--variant raft] [--min-millis 500] [--max-millis 5000] [--logs DIRECTORY]\
      """;

  private final Options options;
  private final Variant variant;
  private final long seed;
  private final List<Round> rounds = new ArrayList<>();
  private int reported;

  private TortureSingleton(Options options) {
    this.options = options;
    this.variant = Variant.of(options.text("variant", "raft"));
    this.seed = options.number("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    int code;
    try {
      code =
          new TortureSingleton(
                  Options.parse(
                      arguments,
                      USAGE,
                      List.of(
                          "rounds",
                          "seed",
                          "kinds",
                          "variant",
                          "min-millis",
                          "max-millis",
                          "logs")))
              .run();
    } catch (IllegalArgumentException | IllegalStateException wrong) {
      System.err.println("torture-singleton: " + wrong.getMessage());
      code = 2;
    }
    System.exit(code);
  }

  private int run() throws IOException, InterruptedException {
    Namespaces created;
    try {
      created = Namespaces.create(SingletonNodes.IDS);
    } catch (IOException cannot) {
      System.out.println(
          "No network is cut, processes are only stopped: network namespaces need root ("
              + cannot.getMessage()
              + ")");
      return run(null);
    }
    try (Namespaces network = created) {
      return run(network);
    }
  }

  private int run(@Nullable Namespaces network) throws IOException, InterruptedException {
    List<Kind> kinds = kinds(network != null);
    String logs = options.text("logs", "");
    Path directory =
        logs.isEmpty() ? Files.createTempDirectory("torture-singleton") : Path.of(logs);
    Files.createDirectories(directory);
    Duration patience = Duration.ofSeconds(variant.isRaft() ? 30 : 180);
    System.out.println(
        variant.label() + ", --seed " + seed + ", logs of the nodes in " + directory);
    try (Torture torture = new Torture(variant, directory, network, patience)) {
      Thread atEnd = new Thread(() -> close(torture, network), "close");
      Runtime.getRuntime().addShutdownHook(atEnd);
      try {
        all(torture, kinds);
      } finally {
        tell(torture.rules(), rounds.size() + 1);
        print(kinds, torture.rules());
      }
      Runtime.getRuntime().removeShutdownHook(atEnd);
      return torture.rules().violations().isEmpty() ? 0 : 1;
    }
  }

  /** If this program is told to end in the middle. */
  private static void close(Torture torture, @Nullable Namespaces network) {
    torture.close();
    if (network != null) {
      try {
        network.close();
      } catch (IOException left) {
        System.err.println("torture-singleton: " + left.getMessage());
      }
    }
  }

  private List<Kind> kinds(boolean network) {
    List<Kind> possible = Kind.all(network);
    String wanted = options.text("kinds", "");
    return wanted.isEmpty()
        ? possible
        : Stream.of(wanted.split(",", -1))
            .map(
                id ->
                    possible.stream()
                        .filter(kind -> kind.id().equals(id))
                        .findFirst()
                        .orElseThrow(
                            () ->
                                new IllegalArgumentException(
                                    "no kind "
                                        + id
                                        + " here; there are "
                                        + possible.stream().map(Kind::id).toList())))
            .toList();
  }

  private void all(Torture torture, List<Kind> kinds) throws IOException, InterruptedException {
    int count = options.count("rounds", 200);
    int min = (int) options.number("min-millis", 500, 1, 600_000);
    int max = (int) options.number("max-millis", 5000, min, 600_000);
    for (int number = 1; number <= count; number++) {
      SplittableRandom random = new SplittableRandom(seed ^ ((long) number << 32));
      Kind kind = kind(kinds, number);
      Duration time = Duration.ofMillis(random.nextInt(min, max + 1));
      Round round = torture.round(number, kind, time, random);
      rounds.add(round);
      System.out.println(round);
      tell(torture.rules(), number);
    }
  }

  /** All kinds before one comes again, each time in another order. */
  private Kind kind(List<Kind> kinds, int number) {
    List<Kind> order = new ArrayList<>(kinds);
    Collections.shuffle(order, new Random(seed + (number - 1) / kinds.size()));
    return order.get((number - 1) % kinds.size());
  }

  /** Each rule that was broken since it was last called: how often, and how for the first time. */
  private void tell(HandlerRules rules, int number) {
    List<Violation> all = rules.violations();
    Map<Violation.Rule, List<Violation>> fresh =
        all.subList(reported, all.size()).stream().collect(Collectors.groupingBy(Violation::rule));
    reported = all.size();
    fresh.forEach(
        (rule, violations) ->
            System.out.printf(
                Locale.ROOT,
                "VIOLATION in round %d of --seed %d: %s, %,d times, first: %s%n",
                number,
                seed,
                rule,
                violations.size(),
                violations.get(0).details()));
  }

  private void print(List<Kind> kinds, HandlerRules rules) {
    System.out.println();
    System.out.printf(
        Locale.ROOT, "%-17s %6s %6s %14s %6s%n", "", "rounds", "moved", "median in ms", "terms");
    for (Kind kind : kinds) {
      List<Round> of = rounds.stream().filter(round -> round.kind() == kind).toList();
      List<Long> moved =
          of.stream()
              .filter(r -> !r.movedTo().isEmpty())
              .map(Round::takeoverNanos)
              .sorted()
              .toList();
      System.out.printf(
          Locale.ROOT,
          "%-17s %6d %6d %14s %6d   %s%n",
          kind.id(),
          of.size(),
          moved.size(),
          moved.isEmpty() ? "-" : moved.get((moved.size() - 1) / 2) / 1_000_000,
          of.stream().mapToLong(Round::terms).sum(),
          kind.what());
    }
    System.out.println();
    System.out.printf(Locale.ROOT, "%,9d questions handled%n", rules.questions());
    System.out.printf(
        Locale.ROOT,
        "%,9d handlers frozen inside while a successor acted, %,d that outlasted the grace%n",
        rules.frozenInside(),
        rules.outlasted());
    System.out.printf(Locale.ROOT, "%,9d accesses with a stale token, refused%n", rules.refused());
    System.out.printf(Locale.ROOT, "%,9d violations%n", rules.violations().size());
  }
}

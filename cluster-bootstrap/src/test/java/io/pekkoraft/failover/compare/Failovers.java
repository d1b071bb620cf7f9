package io.pekkoraft.failover.compare;

import io.pekkoraft.failover.Board;
import io.pekkoraft.failover.NodeProcess;
import io.pekkoraft.failover.SingletonNodes;
import io.pekkoraft.failover.Variant;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Ends the process that runs the instance, again and again, and measures until it is back. */
final class Failovers {
  static final int ASK_EVERY_MILLIS = 5;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int TRANSFERS = 3;
  private static final int MAX_PAUSE_MILLIS = 1000;

  private final Variant variant;
  private final Path directory;
  private final SplittableRandom random;
  private final Consumer<String> log;
  private final Board board = new Board();
  private final Samples killed = new Samples();
  private final Samples killedLeading = new Samples();
  private final Samples killedFollowing = new Samples();
  private final Samples terminated = new Samples();

  /**
   * @param log told how each round went
   */
  Failovers(Variant variant, Path directory, SplittableRandom random, Consumer<String> log) {
    this.variant = variant;
    this.directory = directory;
    this.random = random;
    this.log = log;
  }

  void measure(int kills, int terminations) throws IOException, InterruptedException {
    try (SingletonNodes nodes =
        new SingletonNodes(
            variant,
            SingletonNodes.loopback(),
            Map.of(),
            directory,
            "",
            board,
            (node, report) -> {})) {
      Thread atEnd = new Thread(nodes::close, "close");
      Runtime.getRuntime().addShutdownHook(atEnd);
      nodes.start(ASK_EVERY_MILLIS, PATIENCE);
      for (int i = 1; i <= kills; i++) {
        round(nodes, true, i);
      }
      for (int i = 1; i <= terminations; i++) {
        round(nodes, false, i);
      }
      Runtime.getRuntime().removeShutdownHook(atEnd);
    }
  }

  private void round(SingletonNodes nodes, boolean kill, int number)
      throws IOException, InterruptedException {
    // The slower case and the quicker one in turn, where that can be chosen.
    String instance = settled(nodes, number % 2 == 1);
    // So that signals do not come in step with any heartbeat.
    Board.elapse(Duration.ofMillis(random.nextInt(MAX_PAUSE_MILLIS)));
    NodeProcess victim = nodes.hostOf(instance);
    boolean led = victim.leads();
    List<NodeProcess> survivors = nodes.othersThan(victim);
    long signalled = System.nanoTime();
    if (kill) {
      victim.child().kill();
    } else {
      victim.child().terminate();
    }
    if (!board.await(() -> survivors.stream().allMatch(s -> another(s, instance)), PATIENCE)) {
      throw new IllegalStateException(
          "no other instance within " + PATIENCE + ": see " + directory);
    }
    long took =
        survivors.stream().mapToLong(NodeProcess::answeredNanos).max().orElseThrow() - signalled;
    (kill ? killed : terminated).add(took);
    if (kill) {
      (led ? killedLeading : killedFollowing).add(took);
    }
    log.accept(
        "%s, %s %d: %s ms"
            .formatted(
                variant.label(), kill ? "kill -9" : "SIGTERM", number, Samples.millis(took)));
    nodes.startAgain(victim, ASK_EVERY_MILLIS, PATIENCE);
  }

  private String settled(SingletonNodes nodes, boolean leads) throws InterruptedException {
    Optional<String> instance = nodes.awaitSettled(PATIENCE);
    for (int i = 0; variant.isRaft() && instance.isPresent() && i < TRANSFERS; i++) {
      instance = nodes.arrangeLeader(instance.get(), leads, PATIENCE);
    }
    return instance.orElseThrow(
        () ->
            new IllegalStateException(
                "the nodes did not come together within " + PATIENCE + ": see " + directory));
  }

  private static boolean another(NodeProcess survivor, String than) {
    return !survivor.answeredBy().isEmpty() && !survivor.answeredBy().equals(than);
  }

  Variant variant() {
    return variant;
  }

  /** From {@code kill -9} until both users that survived were answered by another instance. */
  Samples killed() {
    return killed;
  }

  /** Those of {@link #killed} where the process also led the others. */
  Samples killedLeading() {
    return killedLeading;
  }

  /** The others of {@link #killed}. */
  Samples killedFollowing() {
    return killedFollowing;
  }

  /** The same from SIGTERM, after which a process may end in good order. */
  Samples terminated() {
    return terminated;
  }
}

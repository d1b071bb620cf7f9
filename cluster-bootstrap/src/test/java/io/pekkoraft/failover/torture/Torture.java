package io.pekkoraft.failover.torture;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.failover.Board;
import io.pekkoraft.failover.ChildProcess;
import io.pekkoraft.failover.FencedResourceServer;
import io.pekkoraft.failover.NodeProcess;
import io.pekkoraft.failover.SingletonNodes;
import io.pekkoraft.failover.Variant;
import io.pekkoraft.failover.torture.Faults.CutOff;
import io.pekkoraft.failover.torture.Faults.Fault;
import io.pekkoraft.failover.torture.Violation.Rule;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Three nodes, their resource and their faults, round after round. */
final class Torture implements AutoCloseable {
  static final int ASK_EVERY_MILLIS = 10;
  private static final Duration START_PATIENCE = Duration.ofMinutes(3);
  private static final Duration LOOK = Duration.ofSeconds(5);

  /** A leader is lost and one is found; or twice, as that one was on the wrong side. */
  private static final int TERMS_A_ROUND = 4;

  private final Variant variant;
  private final Path directory;
  private final Duration patience;
  private final Board board = new Board();
  private final Reports reports = new Reports(board);
  private final HandlerRules rules;
  private final List<Freeze> freezes = new ArrayList<>();
  private final ChildProcess resource;
  private final SingletonNodes nodes;
  private final Faults faults;
  private int flushes;

  /**
   * Starts everything.
   *
   * @param network null to have all on the loopback interface, where only processes can be stopped
   * @param patience for all to be as it should after a fault
   */
  Torture(Variant variant, Path directory, @Nullable Namespaces network, Duration patience)
      throws IOException, InterruptedException {
    this.variant = variant;
    this.directory = directory;
    this.patience = patience;
    this.rules = new HandlerRules(handlerGrace());
    String host = network == null ? "127.0.0.1" : Namespaces.RESOURCE_HOST;
    this.resource =
        ChildProcess.start(
            network == null ? List.of() : network.aroundResource(),
            FencedResourceServer.class,
            List.of(host),
            directory.resolve("resource.log"),
            report -> board.change(() -> reports.hear(report)));
    String address = host + ":" + reports.awaitPort(START_PATIENCE);
    this.nodes =
        new SingletonNodes(
            variant,
            network == null ? SingletonNodes.loopback() : network.members(),
            network == null ? Map.of() : network.around(),
            directory,
            address,
            board,
            (node, report) -> reports.hear(report));
    this.faults = new Faults(nodes, reports, ASK_EVERY_MILLIS, network);
    nodes.start(ASK_EVERY_MILLIS, START_PATIENCE);
  }

  /**
   * One fault, and the check of all that was done until everything was as it should again.
   *
   * @throws IllegalStateException if that did not become so: the violation is among those of {@link
   *     #rules}, and nothing more can be shown
   */
  Round round(int number, Kind kind, Duration time, SplittableRandom random)
      throws IOException, InterruptedException {
    String instance = settle();
    if (variant.isRaft()) {
      boolean leads = random.nextBoolean();
      instance = nodes.arrangeLeader(instance, leads, patience).orElse(instance);
    }
    NodeProcess host = nodes.hostOf(instance);
    boolean led = host.leads();
    long term = term();
    check(Optional.empty());
    Fault fault = faults.inflict(kind, host, time, random);
    settle();
    List<Started> started = check(Optional.of(fault));
    long terms = term() - term;
    if (terms > TERMS_A_ROUND) {
      rules.broken(Rule.STEADY_TERMS, "+" + terms);
    }
    Optional<Started> next = started.stream().min(Comparator.comparingLong(Started::nanos));
    return new Round(
        number,
        kind,
        host.id(),
        led,
        time,
        next.map(i -> nodes.hostOf(i.instance()).id()).orElse(""),
        next.map(i -> i.nanos() - fault.began()).orElse(0L),
        terms);
  }

  private long term() {
    return nodes.all().stream().mapToLong(NodeProcess::term).max().orElseThrow();
  }

  /** Waits until all is as it should, and returns the instance. */
  private String settle() throws IOException, InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < end) {
      revive();
      Optional<String> instance = nodes.awaitSettled(LOOK);
      if (instance.isPresent()) {
        return instance.get();
      }
    }
    check(Optional.empty());
    String why = "not all users are answered by one instance within " + patience.toSeconds() + " s";
    rules.broken(Rule.BACK, why);
    throw new IllegalStateException(why + "; logs in " + directory);
  }

  /** A node of Pekko Cluster that was downed has to end; none of ours has a reason to. */
  private void revive() throws IOException, InterruptedException {
    for (NodeProcess node : nodes.all()) {
      if (!node.child().isAlive()) {
        if (variant.isRaft()) {
          rules.broken(Rule.ALIVE, "the process of node " + node.id() + " ended");
        }
        nodes.startAgain(node, ASK_EVERY_MILLIS, START_PATIENCE);
      }
    }
  }

  /** Checks what was reported until now; returns the instances that were started. */
  private List<Started> check(Optional<Fault> fault) throws InterruptedException {
    nodes.awaitFlushed(START_PATIENCE);
    flushes++;
    resource.tell(Integer.toString(flushes));
    reports.awaitFlushed(Integer.toString(flushes), START_PATIENCE);
    Reports.Collected collected = reports.take();
    fault.map(Fault::freeze).ifPresent(freezes::add);
    rules.started(collected.started());
    rules.handled(collected.handled(), freezes);
    rules.accessed(collected.accesses());
    if (variant.isRaft() && fault.isPresent() && fault.get().cutOff() != null) {
      CutOff cut = fault.get().cutOff();
      rules.cutOff(collected.handled(), cut.node(), cut.from(), cut.until(), longestLease());
    }
    return collected.started();
  }

  private static Duration handlerGrace() {
    Config defaults = ConfigFactory.load();
    String key = "pekko-raft.coordination.handler-grace";
    return defaults.hasPath(key) ? defaults.getDuration(key) : Duration.ofMillis(100);
  }

  /** A lease is shorter than the election timeout, by the drift of clocks that is allowed for. */
  private static Duration longestLease() {
    return ConfigFactory.load().getDuration("pekko-raft.election-timeout");
  }

  HandlerRules rules() {
    return rules;
  }

  @Override
  public void close() {
    nodes.close();
    resource.end();
  }
}

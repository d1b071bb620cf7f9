package io.pekkoraft.testkit.fullstack;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.api.StateMachine;
import io.pekkoraft.role.NodeSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * One random run of the whole stack: a seed draws the size of the group, its settings, and which
 * faults there are; they come for a while; then all is calm, and the group has to recover.
 */
public final class FullStackSwarm {
  private static final Duration FAULTS = Duration.ofSeconds(20);
  private static final Duration CALM = Duration.ofSeconds(20);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(3);

  /**
   * How a run went; that it returned says that no invariant was violated.
   *
   * @param steps mailbox runs, tasks, timers and arrivals
   * @param looks how often a promise was compared with a disk
   * @param faults how often each came; those that the seed did not draw are left out
   */
  public record Result(
      long seed,
      long steps,
      long looks,
      int acknowledged,
      int indeterminate,
      int refused,
      long traceHash,
      Map<FullStackFault, Long> faults) {}

  private final VirtualWorld world;
  private final SplittableRandom random;
  private final FullStackCluster cluster;
  private final FullStackFaults faults;
  private final long clientGapNanos;
  private long nextCommand = 1;
  private boolean clients = true;

  private FullStackSwarm(long seed, String replay, Supplier<? extends StateMachine> stateMachine) {
    this.random = new SplittableRandom(seed);
    this.world = VirtualWorld.of(random.nextLong(), replay);
    int size = random.nextInt(6) == 0 ? 5 : random.nextInt(12) == 0 ? 1 : 3;
    this.cluster =
        FullStackCluster.in(world, size, settings(random), configuration(random), stateMachine);
    world.machines().forEach(machine -> machine.setClockRate(1 + random.nextDouble(-0.05, 0.05)));
    this.clientGapNanos = random.nextLong(10_000_000, 300_000_000);
    this.faults = new FullStackFaults(cluster, random.split());
  }

  private static NodeSettings settings(SplittableRandom random) {
    return new NodeSettings(
        Duration.ofMillis(100),
        Duration.ofMillis(1000),
        0.1,
        random.nextInt(1, 32),
        random.nextInt(64, 4096),
        random.nextInt(1, 9),
        1024,
        random.nextLong(2_000, 30_000),
        random.nextLong(1_000, 20_000),
        random.nextInt(64, 400));
  }

  private static Config configuration(SplittableRandom random) {
    int[] throughputs = {1, 5, 64};
    return ConfigFactory.parseMap(
        Map.of(
            "pekko-raft.dispatcher.throughput", throughputs[random.nextInt(3)],
            "pekko-raft.state-machine-dispatcher.throughput", throughputs[random.nextInt(3)],
            "pekko-raft.persistence.journal-dispatcher.throughput",
                throughputs[random.nextInt(3)]));
  }

  /**
   * Runs a seed.
   *
   * @param replay the command that runs it again, for the report
   * @param stateMachine makes a fresh one for each start of a member
   * @throws AssertionError if something happened that must not, or nothing happened that must
   */
  public static Result run(
      long seed, String replay, Supplier<? extends StateMachine> stateMachine) {
    FullStackSwarm swarm = new FullStackSwarm(seed, replay, stateMachine);
    swarm.run();
    ClientHistory history = swarm.cluster.history();
    return new Result(
        seed,
        swarm.world.steps(),
        swarm.cluster.checks().looks(),
        history.acknowledged(),
        history.indeterminate(),
        history.refused(),
        swarm.world.traceHash(),
        swarm.faults.counts());
  }

  private void run() {
    cluster.names().forEach(cluster::start);
    world.schedule(clientGapNanos, this::client);
    faults.begin();
    world.elapse(FAULTS);
    faults.end();
    recover();
    Map<FullStackFault, Long> missing = new EnumMap<>(FullStackFault.class);
    faults
        .counts()
        .forEach(
            (fault, count) -> {
              if (count == 0) {
                missing.put(fault, count);
              }
            });
    if (!missing.isEmpty()) {
      throw world.failure("a run without its faults shows nothing: " + missing);
    }
  }

  /** L1 to L3: a leader, a commit through every member, and all members the same. */
  private void recover() {
    cluster.awaitLeader();
    clients = false;
    world.elapse(REQUEST_TIMEOUT.plusSeconds(1));
    List<CompletableFuture<Outcome>> answers = new ArrayList<>();
    for (String name : cluster.names()) {
      answers.add(propose(cluster.group(name)));
    }
    cluster.await(
        "an answer through every member",
        CALM,
        () -> answers.stream().allMatch(CompletableFuture::isDone));
    for (CompletableFuture<Outcome> answer : answers) {
      if (!(answer.join() instanceof Outcome.Committed)) {
        throw world.failure("L2 what is proposed in calm is committed: " + answer.join());
      }
    }
    cluster.await(
        "L3 all members have applied all",
        CALM,
        () ->
            cluster.names().stream()
                .allMatch(name -> cluster.appliedIndex(name) == cluster.history().lastApplied()));
  }

  private CompletableFuture<Outcome> propose(RaftGroup group) {
    byte[] command = new byte[random.nextInt(8, 300)];
    ByteBuffer.wrap(command).putLong(nextCommand++);
    return group.propose(command, REQUEST_TIMEOUT).toCompletableFuture();
  }

  /** Proposes now and then, through any member; at times many at once. */
  private void client() {
    if (!clients) {
      return;
    }
    int burst = random.nextInt(20) == 0 ? random.nextInt(5, 60) : 1;
    for (int i = 0; i < burst; i++) {
      String name = cluster.names().get(random.nextInt(cluster.names().size()));
      if (cluster.isRunning(name)) {
        CompletableFuture<Outcome> unused = propose(cluster.group(name));
      }
    }
    world.schedule(random.nextLong(2 * clientGapNanos), this::client);
  }
}

package io.pekkoraft.testkit;

import io.pekkoraft.codec.EnvelopeSerializer;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.role.NodeSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * One random run: a seed draws the size of the group, its settings, which faults there are and how
 * often; they come for a while; then all is calm, and the group has to recover. In swarms of seeds
 * each run has other faults switched off, so that those left can go far.
 */
public final class Swarm {
  private static final Duration FAULTS = Duration.ofSeconds(40);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(3);

  /** How a run went; that it returned says that no invariant was violated. */
  public record Result(
      long seed, long events, long virtualNanos, long traceHash, Counters counters) {}

  private final Simulation simulation;
  private final SplittableRandom random;
  private final Nemesis nemesis;
  private final int commandBytes;
  private final long clientGapNanos;
  private final long transferGapNanos;
  private boolean clients = true;
  private boolean transfers;

  private Swarm(long seed, String replay) {
    this.random = new SplittableRandom(seed);
    int size = random.nextInt(10) == 0 ? 1 : random.nextInt(5) < 3 ? 3 : 5;
    boolean big = random.nextInt(16) == 0;
    this.simulation =
        new Simulation(size, settings(random, big), random.nextBoolean() ? 0.1 : 0, seed, replay);
    this.commandBytes = big ? 60_000 : random.nextInt(8, 300);
    this.clientGapNanos = random.nextLong(5_000_000, 300_000_000);
    this.transfers = random.nextInt(3) > 0;
    this.transferGapNanos = random.nextLong(20_000_000, 5_000_000_000L);
    if (random.nextInt(8) == 0) {
      simulation.network().setWire(throughTheCodec());
    }
    this.nemesis = new Nemesis(simulation, random.split());
    if (random.nextInt(3) == 0) {
      simulation.setDisk(100_000, random.nextLong(1_000_000, 30_000_000));
    }
    if (random.nextInt(3) == 0) {
      simulation.setApply(random.nextLong(10_000, 20_000_000));
    }
  }

  /** Messages as bytes, and back. */
  static UnaryOperator<Envelope> throughTheCodec() {
    EnvelopeSerializer codec = new EnvelopeSerializer();
    return envelope ->
        (Envelope) codec.fromBinary(codec.toBinary(envelope), codec.manifest(envelope));
  }

  /**
   * @param big commands so large that what waits for a slow disk is more than one batch
   */
  private static NodeSettings settings(SplittableRandom random, boolean big) {
    if (big) {
      return new NodeSettings(
          Duration.ofMillis(100),
          Duration.ofMillis(1000),
          0.1,
          64,
          200_000,
          8,
          64 * 1024,
          8_000_000,
          random.nextLong(500_000, 4_000_000),
          4096);
    }
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

  /**
   * Runs a seed.
   *
   * @param replay the command that runs it again, for the report
   * @throws InvariantViolation if something happened that must not, or nothing happened that must
   */
  public static Result run(long seed, String replay) {
    return Pictures.of("swarm-" + seed, prepare -> run(seed, replay, prepare));
  }

  /**
   * @param tamper breaks something on purpose, before the start
   */
  static Result run(long seed, String replay, Consumer<Simulation> tamper) {
    Swarm swarm = new Swarm(seed, replay);
    tamper.accept(swarm.simulation);
    swarm.run();
    Simulation done = swarm.simulation;
    return new Result(seed, done.events(), done.nowNanos(), done.traceHash(), done.counters());
  }

  private void run() {
    simulation.nodes().forEach(SimulatedNode::start);
    simulation.schedule(clientGapNanos, this::client);
    simulation.schedule(transferGapNanos, this::transfer);
    nemesis.begin();
    simulation.elapse(FAULTS);
    transfers = false;
    nemesis.end();
    new Recovery(simulation).check(() -> clients = false);
  }

  /** Moves the leadership now and then, mostly away from whoever leads. */
  private void transfer() {
    if (!transfers) {
      return;
    }
    List<SimulatedNode> nodes = simulation.nodes();
    SimulatedNode from = nodes.get(random.nextInt(nodes.size()));
    for (SimulatedNode node : nodes) {
      if (node.isLeader() && random.nextInt(8) > 0) {
        from = node;
      }
    }
    NodeId to = random.nextBoolean() ? null : nodes.get(random.nextInt(nodes.size())).id();
    simulation.transfer(from, to, Duration.ofMillis(random.nextLong(5, 2_000)));
    simulation.schedule(random.nextLong(2 * transferGapNanos), this::transfer);
  }

  /** Proposes now and then, through any member; at times many at once. */
  private void client() {
    if (!clients) {
      return;
    }
    int burst = random.nextInt(20) == 0 ? random.nextInt(5, 60) : 1;
    List<SimulatedNode> nodes = new ArrayList<>(simulation.nodes());
    for (int i = 0; i < burst; i++) {
      SimulatedNode node = nodes.get(random.nextInt(nodes.size()));
      if (node.isRunning()) {
        simulation.propose(node, random.nextInt(8, 9 + commandBytes), REQUEST_TIMEOUT);
      }
    }
    simulation.schedule(random.nextLong(2 * clientGapNanos), this::client);
  }
}

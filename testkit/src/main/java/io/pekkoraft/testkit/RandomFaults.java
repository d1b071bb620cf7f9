package io.pekkoraft.testkit;

import io.pekkoraft.testkit.fault.StepKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * For a while all goes wrong at random, whatever the members replicate: crashes, pauses, partitions
 * of all shapes, slow, full and failing disks, messages lost, doubled, late and foreign. Each run
 * has other kinds of faults switched off, so that those left can go far. Afterwards all is in order
 * again. What {@link Plan} has besides needs to know what a command is, or leaves somebody out for
 * good.
 */
final class RandomFaults {
  private static final Set<StepKind> KINDS = kinds();
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final long CLIENT_GAP_NANOS = 50_000_000;
  private static final long NANOS_PER_MS = 1_000_000;

  private final Simulation simulation;
  private final SplittableRandom random;
  private final SwarmWorld world;
  private final List<StepKind> drawn = new ArrayList<>();
  private final long gapNanos;

  RandomFaults(Simulation simulation, SplittableRandom random) {
    this.simulation = simulation;
    this.random = random;
    this.world = new SwarmWorld(simulation);
    this.gapNanos = random.nextLong(50, random.nextBoolean() ? 1_000 : 6_000) * NANOS_PER_MS;
    for (StepKind kind : KINDS) {
      if (random.nextInt(3) == 0) {
        drawn.add(kind);
      }
    }
    drawn.add(StepKind.CRASH);
    drawn.add(StepKind.PARTITION);
    strike(StepKind.WEATHER);
  }

  private static Set<StepKind> kinds() {
    Set<StepKind> kinds = EnumSet.range(StepKind.WEATHER, StepKind.LATE_TIMERS);
    kinds.addAll(EnumSet.range(StepKind.OTHER_CLUSTER, StepKind.WRONG_VERSION));
    kinds.remove(StepKind.REPLAYED); // left to plans, which can be shrunk
    kinds.remove(StepKind.STATE_MACHINE_THROWS);
    kinds.remove(StepKind.LOG_DAMAGED);
    kinds.remove(StepKind.DISK_WIPED);
    return kinds;
  }

  /** Clients propose through any member meanwhile, if the kit has commands. */
  void run(Duration time) {
    begin();
    if (simulation.workload().hasCommands()) {
      client();
    }
    simulation.elapse(time);
    end();
  }

  void begin() {
    simulation.schedule(random.nextLong(3 * gapNanos), this::strike);
  }

  void end() {
    world.calm();
  }

  private void strike() {
    if (!world.isCalm()) {
      strike(drawn.get(random.nextInt(drawn.size())));
      simulation.schedule(1 + random.nextLong(2 * gapNanos), this::strike);
    }
  }

  private void strike(StepKind kind) {
    String what = kind.strike(world, random.nextLong());
    if (what != null) {
      simulation.counters().add(kind);
      simulation.noteWorld(kind + " " + what);
    }
  }

  private void client() {
    if (world.isCalm()) {
      return;
    }
    List<SimulatedNode> nodes = simulation.nodes();
    SimulatedNode node = nodes.get(random.nextInt(nodes.size()));
    if (node.isRunning()) {
      simulation.propose(node, 16, TIMEOUT);
    }
    simulation.schedule(1 + random.nextLong(2 * CLIENT_GAP_NANOS), this::client);
  }
}

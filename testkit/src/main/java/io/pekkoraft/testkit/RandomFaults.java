package io.pekkoraft.testkit;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * For a while all goes wrong at random, from the run's seed: crashes, pauses, partitions of all
 * shapes, slow and failing disks, messages lost, doubled and late; and clients propose through any
 * member, if the kit has commands. Afterwards all is in order again.
 */
final class RandomFaults {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final long CLIENT_GAP_NANOS = 50_000_000;

  private final Simulation simulation;
  private final SplittableRandom random;
  private boolean over;

  RandomFaults(Simulation simulation) {
    this.simulation = simulation;
    this.random = new SplittableRandom(simulation.random().nextLong());
  }

  void run(Duration time) {
    Nemesis nemesis = new Nemesis(simulation, random.split());
    nemesis.begin();
    if (simulation.hasCommands()) {
      client();
    }
    simulation.elapse(time);
    over = true;
    nemesis.end();
  }

  private void client() {
    if (over) {
      return;
    }
    List<SimulatedNode> nodes = simulation.nodes();
    SimulatedNode node = nodes.get(random.nextInt(nodes.size()));
    if (node.isRunning()) {
      simulation.propose(node, 16, TIMEOUT);
    }
    simulation.schedule(random.nextLong(2 * CLIENT_GAP_NANOS), this::client);
  }
}

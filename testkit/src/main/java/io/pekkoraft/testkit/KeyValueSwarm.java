package io.pekkoraft.testkit;

import io.pekkoraft.role.NodeSettings;
import io.pekkoraft.testkit.keyvalue.KeyValueClients;
import io.pekkoraft.testkit.keyvalue.KeyValueMachine;
import io.pekkoraft.testkit.linearizability.KeyValueSpecification;
import io.pekkoraft.testkit.linearizability.LinearizabilityChecker;
import io.pekkoraft.testkit.linearizability.Verdict;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Random runs like those of {@link FaultSwarm}, of a group that replicates keys and values for busy
 * clients. All that these were told is held against the order of commits; and, if so wished, it is
 * looked at from outside alone: is their history linearizable?
 */
final class KeyValueSwarm {
  private static final Duration FAULTS = Duration.ofSeconds(30);

  /**
   * What is different from a run that should go well, and who looks.
   *
   * @param tamper breaks something before the start
   * @param oracle whether answers are held against the order of commits
   * @param search whether the history is searched for an explanation
   */
  record Variant(
      Supplier<KeyValueMachine> machines,
      UnaryOperator<KeyValueClients.Asker<SimulatedNode>> asker,
      Consumer<Simulation> tamper,
      boolean oracle,
      boolean search) {

    static Variant honest(boolean search) {
      return new Variant(KeyValueMachine::new, asker -> asker, simulation -> {}, true, search);
    }
  }

  /**
   * @param operations whose answers were held against the order of commits
   * @param searched of them, those whose history was searched for an explanation
   */
  record Result(
      long operations,
      long searched,
      long configurations,
      long localReads,
      long events,
      long traceHash,
      Counters counters) {}

  private KeyValueSwarm() {}

  /**
   * Runs a seed.
   *
   * @throws InvariantViolation if something happened that must not, or nothing happened that must
   * @throws AssertionError if the history is not linearizable, or the search gave up
   */
  static Result run(long seed, String replay, Variant variant) {
    SplittableRandom random = new SplittableRandom(seed);
    int size = random.nextInt(4) < 3 ? 3 : 5;
    Simulation simulation =
        new Simulation(size, settings(random), random.nextBoolean() ? 0.1 : 0, seed, replay);
    simulation
        .workload()
        .runApplication(
            () ->
                new ApplicationState(
                    variant.machines().get(),
                    machine -> ((KeyValueMachine) machine).stateHash(),
                    1));
    variant.tamper().accept(simulation);
    @Nullable KeyValueOracle oracle =
        variant.oracle() ? new KeyValueOracle(simulation.invariants()) : null;
    if (oracle != null) {
      simulation.listen(oracle);
    }
    KeyValueGroup group = new KeyValueGroup(simulation, oracle);
    KeyValueClients<SimulatedNode> clients =
        new KeyValueClients<>(
            group,
            random.split(),
            variant.asker(),
            clientCount(random),
            random.nextBoolean() ? 10_000_000 : 60_000_000);
    RandomFaults faults = new RandomFaults(simulation, random.split());

    simulation.nodes().forEach(SimulatedNode::start);
    clients.start();
    faults.begin();
    simulation.elapse(FAULTS);
    faults.end();
    new Recovery(simulation).check(clients::stop);
    return result(simulation, group, clients, variant);
  }

  private static int clientCount(SplittableRandom random) {
    return random.nextInt(5, random.nextBoolean() ? 40 : 300);
  }

  private static Result result(
      Simulation simulation,
      KeyValueGroup group,
      KeyValueClients<SimulatedNode> clients,
      Variant variant) {
    Verdict.Linearizable searched =
        variant.search()
            ? new LinearizabilityChecker<>(new KeyValueSpecification())
                .check(clients.history())
                .orFail()
            : new Verdict.Linearizable(0, 0);
    return new Result(
        clients.history().operations().size(),
        searched.operations(),
        searched.configurations(),
        group.localReads(),
        simulation.events(),
        simulation.traceHash(),
        simulation.counters());
  }

  private static NodeSettings settings(SplittableRandom random) {
    return new NodeSettings(
        Duration.ofMillis(100),
        Duration.ofMillis(1000),
        0.1,
        random.nextInt(4, 64),
        random.nextInt(1_024, 16_384),
        random.nextInt(1, 9),
        1024,
        random.nextLong(20_000, 200_000),
        random.nextLong(8_000, 80_000),
        random.nextInt(64, 400));
  }
}

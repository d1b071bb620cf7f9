package io.pekkoraft.testkit;

import io.pekkoraft.log.NodeId;
import io.pekkoraft.role.NodeSettings;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * One random run of singletons and leases under faults: all those of {@link RandomFaults} at the
 * members, and pauses, crashes and cuts of machines without a member; then all is calm, and every
 * name has to act again.
 */
final class CoordinationSwarm {
  private static final Duration FAULTS = Duration.ofSeconds(30);
  private static final double DRIFT_BOUND = 0.1;
  private static final long NANOS_PER_MS = 1_000_000;

  /** How a run went; that it returned says that no invariant was violated. */
  record Result(
      long seed,
      long events,
      long traceHash,
      Counters counters,
      CoordinationChecks.Counts checks) {}

  private final CoordinationSimulation world;
  private final Simulation simulation;
  private final SplittableRandom random;
  private final RandomFaults faults;
  private final boolean beyondBound;
  private boolean calm;

  private CoordinationSwarm(
      long seed, boolean beyondBound, String replay, CoordinationFaults faults) {
    this.random = new SplittableRandom(seed);
    this.beyondBound = beyondBound;
    double drift = beyondBound ? 0.3 + random.nextDouble() * 0.5 : random.nextInt(4) == 0 ? 0 : 0.1;
    int size = random.nextInt(4) == 0 ? 5 : 3;
    this.world =
        new CoordinationSimulation(
            size,
            random.nextInt(3),
            random.nextInt(1, 5),
            settings(random),
            drift,
            seed,
            replay,
            faults);
    this.simulation = world.simulation();
    this.faults = new RandomFaults(simulation, random.split());
    world.setLongestGap(random.nextLong(1, random.nextBoolean() ? 3 : 60) * NANOS_PER_MS);
    world.setRestless(random.nextBoolean());
  }

  private static NodeSettings settings(SplittableRandom random) {
    return new NodeSettings(
        Duration.ofMillis(100),
        Duration.ofMillis(1000),
        DRIFT_BOUND,
        random.nextInt(1, 32),
        random.nextInt(1024, 4096),
        random.nextInt(1, 9),
        1024,
        30_000,
        random.nextLong(2_000, 20_000),
        random.nextInt(64, 400));
  }

  /** The same with nothing broken on purpose; a run that fails gets a picture. */
  static Result run(long seed, boolean beyondBound, String replay) {
    return Pictures.of(
        "coordination-" + seed,
        prepare -> {
          CoordinationSwarm swarm =
              new CoordinationSwarm(seed, beyondBound, replay, new CoordinationFaults());
          prepare.accept(swarm.simulation);
          return swarm.result(seed);
        });
  }

  /**
   * @param beyondBound clocks run worse than the group is told
   * @throws InvariantViolation if something happened that must not, or nothing happened that must
   */
  static Result run(long seed, boolean beyondBound, String replay, CoordinationFaults faults) {
    return new CoordinationSwarm(seed, beyondBound, replay, faults).result(seed);
  }

  private Result result(long seed) {
    run();
    return new Result(
        seed,
        simulation.events(),
        simulation.traceHash(),
        simulation.counters(),
        world.checks().counts());
  }

  private void run() {
    world.start();
    if (random.nextBoolean()) {
      fairWeather();
    }
    faults.begin();
    simulation.schedule(random.nextLong(3_000 * NANOS_PER_MS), this::strike);
    simulation.schedule(random.nextLong(3_000 * NANOS_PER_MS), this::transfer);
    simulation.elapse(FAULTS);
    calm = true;
    world.setRestless(false);
    faults.end();
    calmClients();
    if (!beyondBound) {
      recovers();
    }
  }

  private void recovers() {
    Duration longestElection = Duration.ofSeconds(2);
    long healed = simulation.nowNanos();
    must(
        "every name acts again",
        longestElection.multipliedBy(6),
        () -> {
          for (String name : world.names()) {
            if (world.checks().lastHandledNanos(name) <= healed) {
              return false;
            }
          }
          return true;
        });
    // A name is moved at a time, each after it was uneven for a while.
    must("names are spread", Duration.ofSeconds(60), this::isSpread);
  }

  private boolean isSpread() {
    int most = 0;
    int least = Integer.MAX_VALUE;
    int all = 0;
    for (SimulatedSession session : world.sessions()) {
      most = Math.max(most, session.hosts());
      least = Math.min(least, session.hosts());
      all += session.hosts();
    }
    return all == world.names().size() && most - least <= 1;
  }

  private void must(String what, Duration within, BooleanSupplier condition) {
    if (!simulation.await(condition, within)) {
      throw simulation.invariants().violation(what, "not within " + within);
    }
  }

  // --- faults beside those of the members

  private void transfer() {
    if (calm) {
      return;
    }
    List<SimulatedNode> nodes = simulation.nodes();
    for (SimulatedNode node : nodes) {
      if (node.isLeader()) {
        NodeId to = random.nextBoolean() ? null : nodes.get(random.nextInt(nodes.size())).id();
        simulation.transfer(node, to, Duration.ofMillis(random.nextLong(5, 2_000)));
      }
    }
    simulation.schedule(random.nextLong(6_000 * NANOS_PER_MS), this::transfer);
  }

  private void strike() {
    if (calm) {
      return;
    }
    List<ClientMachine> clients = world.clients();
    if (!clients.isEmpty()) {
      ClientMachine client = clients.get(random.nextInt(clients.size()));
      long aWhile = random.nextLong(2_500 * NANOS_PER_MS);
      switch (random.nextInt(3)) {
        case 0 -> {
          client.pause();
          simulation.schedule(aWhile, client::resume);
        }
        case 1 -> {
          client.crash();
          simulation.schedule(aWhile, () -> restart(client));
        }
        default -> {
          link(client, true);
          simulation.schedule(aWhile, () -> link(client, false));
        }
      }
    }
    List<SimulatedSession> sessions = world.sessions();
    if (!sessions.isEmpty()) {
      SimulatedSession session = sessions.get(random.nextInt(sessions.size()));
      if (random.nextInt(6) == 0) {
        session.leave();
      } else if (session.hosts() > 0 && random.nextBoolean()) {
        isolate(session.machine());
      }
    }
    simulation.schedule(random.nextLong(3_000 * NANOS_PER_MS), this::strike);
  }

  /** Messages are quick and certain until the weather changes. */
  private void fairWeather() {
    for (int from = 0; from < world.machines(); from++) {
      for (int to = 0; to < world.machines(); to++) {
        SimulatedNetwork.Link link = simulation.network().link(from, to);
        link.calm();
        link.maxDelayNanos = 5 * NANOS_PER_MS;
      }
    }
  }

  /** Where something acts, the others are heard or reached no more: there the lease must end. */
  private void isolate(SessionMachine machine) {
    boolean deaf = random.nextInt(3) > 0;
    boolean mute = !deaf || random.nextBoolean();
    for (int other = 0; other < world.machines(); other++) {
      if (other != machine.index()) {
        simulation.network().link(other, machine.index()).cut |= deaf;
        simulation.network().link(machine.index(), other).cut |= mute;
      }
    }
    simulation.schedule(
        random.nextLong(5_000 * NANOS_PER_MS), () -> simulation.network().healAll());
  }

  private void restart(ClientMachine client) {
    if (!client.isRunning()) {
      world.start(client);
    }
  }

  /** One direction, or both, between a machine and some members. */
  private void link(ClientMachine client, boolean cut) {
    int directions = random.nextInt(3);
    for (SimulatedNode node : simulation.nodes()) {
      boolean chosen = !cut || random.nextInt(3) > 0;
      if (chosen && (directions != 0 || !cut)) {
        simulation.network().link(client.index(), node.index()).cut = cut;
      }
      if (chosen && (directions != 1 || !cut)) {
        simulation.network().link(node.index(), client.index()).cut = cut;
      }
    }
  }

  /** All machines run, with fresh sessions in the place of those that were leaving. */
  private void calmClients() {
    for (ClientMachine client : world.clients()) {
      client.resume();
      if (client.isRunning()) {
        client.crash();
      }
      world.start(client);
    }
    for (SimulatedNode node : simulation.nodes()) {
      node.crash();
      node.start();
    }
    simulation.network().calm();
  }
}

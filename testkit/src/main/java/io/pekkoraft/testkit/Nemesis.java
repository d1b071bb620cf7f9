package io.pekkoraft.testkit;

import io.pekkoraft.testkit.SimulatedNetwork.Link;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Breaks things at random, and in the end puts all in order. */
final class Nemesis {
  private static final long NANOS_PER_MS = 1_000_000;

  private final Simulation simulation;
  private final SimulatedNetwork network;
  private final SplittableRandom random;
  private final List<Runnable> faults = new ArrayList<>();
  private final long gapNanos;
  private boolean calm;

  Nemesis(Simulation simulation, SplittableRandom random) {
    this.simulation = simulation;
    this.network = simulation.network();
    this.random = random;
    this.gapNanos =
        random.nextLong(
            50 * NANOS_PER_MS, random.nextBoolean() ? 1_000 * NANOS_PER_MS : 6_000 * NANOS_PER_MS);
    List<Runnable> all =
        List.of(
            this::crash,
            this::crash,
            this::crashAll,
            this::failStorage,
            this::slowDisk,
            this::holdDisk,
            this::pause,
            this::partition,
            this::isolateLeader,
            this::oneWay,
            this::bridge,
            this::lag,
            this::strand,
            this::weather);
    for (Runnable fault : all) {
      if (random.nextInt(3) > 0) {
        faults.add(fault);
      }
    }
    if (faults.isEmpty()) {
      faults.add(this::crash);
    }
    weather();
  }

  void begin() {
    simulation.schedule(random.nextLong(3 * gapNanos), this::strike);
  }

  private void strike() {
    if (!calm) {
      faults.get(random.nextInt(faults.size())).run();
      simulation.schedule(random.nextLong(2 * gapNanos), this::strike);
    }
  }

  /** No more faults; all members run, all links are good, all disks are fast. */
  void end() {
    calm = true;
    simulation.noteWorld("calm");
    forAllLinks(
        link -> {
          link.calm();
          link.minDelayNanos = NANOS_PER_MS / 2;
          link.maxDelayNanos = 5 * NANOS_PER_MS;
        });
    simulation.setDisk(NANOS_PER_MS / 10, NANOS_PER_MS);
    simulation.setApply(NANOS_PER_MS / 10);
    for (SimulatedNode node : simulation.nodes()) {
      node.resume();
      if (node.isRunning() && simulation.invariants().mayFail(node)) {
        node.crash();
      }
      if (!node.isRunning()) {
        restart(node);
      }
      node.running().slowDisk(1);
      node.running().releaseWrites();
    }
  }

  private void count(Counters.Kind kind, String what) {
    simulation.counters().add(kind);
    simulation.noteWorld(kind + " " + what);
  }

  private SimulatedNode anyNode() {
    return simulation.nodes().get(random.nextInt(simulation.nodes().size()));
  }

  /** Mostly whoever leads: there it hurts. */
  private SimulatedNode victim() {
    if (random.nextBoolean()) {
      for (SimulatedNode node : simulation.nodes()) {
        if (node.isLeader()) {
          return node;
        }
      }
    }
    return anyNode();
  }

  private long aWhile() {
    return random.nextInt(4) == 0
        ? random.nextLong(5_000 * NANOS_PER_MS)
        : random.nextLong(1_500 * NANOS_PER_MS);
  }

  private void unlessCalm(long afterNanos, Runnable action) {
    simulation.schedule(
        afterNanos,
        () -> {
          if (!calm) {
            action.run();
          }
        });
  }

  // --- processes

  private void crash() {
    crash(victim());
  }

  private void crash(SimulatedNode node) {
    if (!node.isRunning()) {
      return;
    }
    node.crash();
    unlessCalm(aWhile(), () -> restart(node));
  }

  private void crashAll() {
    simulation.nodes().forEach(this::crash);
  }

  private void restart(SimulatedNode node) {
    if (!node.isRunning()) {
      count(Counters.Kind.RESTART, node.id().value());
      node.start();
    }
  }

  private void pause() {
    SimulatedNode node = victim();
    node.pause();
    unlessCalm(aWhile(), node::resume);
  }

  // --- disks

  private void failStorage() {
    SimulatedNode node = victim();
    if (node.isRunning()) {
      simulation.noteWorld("storage of " + node.id() + " fails");
      node.running().failNextWrite();
      unlessCalm(
          aWhile(),
          () -> {
            if (node.isRunning() && simulation.invariants().hasFailed(node)) {
              crash(node);
            }
          });
    }
  }

  private void slowDisk() {
    SimulatedNode node = victim();
    if (node.isRunning()) {
      count(Counters.Kind.SLOW_DISK, node.id().value());
      SimulatedProcess process = node.running();
      process.slowDisk(random.nextLong(10, 3000));
      unlessCalm(aWhile(), () -> process.slowDisk(1));
    }
  }

  private void holdDisk() {
    SimulatedNode node = victim();
    if (node.isRunning()) {
      SimulatedProcess process = node.running();
      process.holdWrites();
      unlessCalm(aWhile(), process::releaseWrites);
    }
  }

  // --- the network

  private void forAllLinks(Consumer<Link> change) {
    int size = simulation.nodes().size();
    for (int from = 0; from < size; from++) {
      for (int to = 0; to < size; to++) {
        if (from != to) {
          change.accept(network.link(from, to));
        }
      }
    }
  }

  private void healLater() {
    unlessCalm(aWhile() + 200 * NANOS_PER_MS, network::healAll);
  }

  private void partition() {
    int size = simulation.nodes().size();
    int side = random.nextInt(1 << size);
    count(Counters.Kind.SYMMETRIC_PARTITION, Integer.toBinaryString(side));
    for (int one = 0; one < size; one++) {
      for (int other = 0; other < one; other++) {
        if ((side >> one & 1) != (side >> other & 1)) {
          network.cut(one, other);
        }
      }
    }
    healLater();
  }

  private void isolateLeader() {
    SimulatedNode node = victim();
    count(Counters.Kind.LEADER_ISOLATED, node.id().value());
    int direction = random.nextInt(3);
    for (SimulatedNode other : simulation.nodes()) {
      if (direction != 1) {
        network.cutOneWay(node.index(), other.index());
      }
      if (direction != 0) {
        network.cutOneWay(other.index(), node.index());
      }
    }
    healLater();
  }

  private void oneWay() {
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      SimulatedNode from = victim();
      SimulatedNode to = anyNode();
      count(Counters.Kind.ONE_WAY_CUT, from.id() + " -> " + to.id());
      network.cutOneWay(from.index(), to.index());
    }
    healLater();
  }

  /** Two halves that only one member can reach both of. */
  private void bridge() {
    SimulatedNode bridge = anyNode();
    int side = random.nextInt(1 << simulation.nodes().size());
    count(Counters.Kind.BRIDGE, bridge.id().value());
    for (SimulatedNode one : simulation.nodes()) {
      for (SimulatedNode other : simulation.nodes()) {
        boolean apart = (side >> one.index() & 1) != (side >> other.index() & 1);
        if (apart && one != bridge && other != bridge) {
          network.cutOneWay(one.index(), other.index());
        }
      }
    }
    healLater();
  }

  /**
   * A leader, with fewer than a majority, is cut off and gets many commands: a tail that nobody
   * else has. When it comes back, whoever leads by then is gone.
   */
  private void strand() {
    SimulatedNode leader = victim();
    int size = simulation.nodes().size();
    int side = 1 << leader.index();
    if (size > 3) {
      side |= 1 << random.nextInt(size);
    }
    count(Counters.Kind.STRANDED, Integer.toBinaryString(side));
    for (int one = 0; one < size; one++) {
      for (int other = 0; other < one; other++) {
        if ((side >> one & 1) != (side >> other & 1)) {
          network.cut(one, other);
        }
      }
    }
    for (int i = random.nextInt(5, 60);
        i > 0 && leader.isRunning() && simulation.hasCommands();
        i--) {
      simulation.propose(leader, 16, Duration.ofSeconds(2));
    }
    unlessCalm(
        random.nextLong(1_500 * NANOS_PER_MS, 5_000 * NANOS_PER_MS),
        () -> {
          network.healAll();
          if (random.nextBoolean()) {
            simulation.nodes().stream()
                .filter(node -> node.isLeader() && node != leader)
                .toList()
                .forEach(this::crash);
          }
        });
  }

  /** What one member sends, or what it is sent, takes long and overtakes itself. */
  private void lag() {
    SimulatedNode node = victim();
    count(Counters.Kind.LAG, node.id().value());
    boolean sending = random.nextBoolean();
    long max = random.nextLong(500 * NANOS_PER_MS, 10_000 * NANOS_PER_MS);
    for (SimulatedNode other : simulation.nodes()) {
      Link link =
          sending
              ? network.link(node.index(), other.index())
              : network.link(other.index(), node.index());
      link.reorder = true;
      link.maxDelayNanos = max;
    }
    unlessCalm(aWhile(), this::weather);
  }

  /** Other delays, losses and doubles on all links from now on. */
  private void weather() {
    double drop = random.nextInt(3) == 0 ? random.nextDouble() * 0.3 : 0;
    double duplicate = random.nextInt(3) == 0 ? random.nextDouble() * 0.5 : 0;
    boolean reorder = random.nextBoolean();
    long max =
        random.nextLong(
            2 * NANOS_PER_MS, random.nextBoolean() ? 20 * NANOS_PER_MS : 400 * NANOS_PER_MS);
    double tail = random.nextInt(3) == 0 ? random.nextDouble() * 0.05 : 0;
    forAllLinks(
        link -> {
          link.drop = drop;
          link.duplicate = duplicate;
          link.reorder = reorder;
          link.minDelayNanos = NANOS_PER_MS / 2;
          link.maxDelayNanos = max;
          link.tail = reorder ? tail : 0;
          link.tailNanos = 10_000 * NANOS_PER_MS;
        });
  }
}

package io.pekkoraft.testkit;

import io.pekkoraft.coordination.GrantsSettings;
import io.pekkoraft.coordination.Ping;
import io.pekkoraft.coordination.Pong;
import io.pekkoraft.role.NodeSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A group on virtual time with what coordinates singletons and leases beside it: the production
 * table, grants and holdings, on machines with drifting clocks, some of which run no member.
 */
final class CoordinationSimulation {
  private final Simulation simulation;
  private final CoordinationFaults faults;
  private final GrantsSettings grantsSettings;
  private final List<String> names;
  private final List<String> leases = List.of("lease/x", "lease/y");
  private final List<ClientMachine> clients = new ArrayList<>();
  private final Map<SimulatedNode, MemberMachine> members = new HashMap<>();
  private final Map<SimulatedNode, SimulatedCoordinator> coordinators = new HashMap<>();
  private final Map<SessionMachine, SimulatedSession> sessions = new HashMap<>();
  private final List<SimulatedSession> everySession = new ArrayList<>();
  private final CoordinationChecks checks;
  private long longestGapNanos = 20_000_000;
  private boolean restless;

  /**
   * @param size members
   * @param others machines without a member
   * @param singletons how many names all sessions offer
   */
  CoordinationSimulation(
      int size,
      int others,
      int singletons,
      NodeSettings settings,
      double drift,
      long seed,
      String replay,
      CoordinationFaults faults) {
    this.simulation = new Simulation(size, others, settings, drift, seed, replay);
    this.faults = faults;
    this.grantsSettings =
        faults.settings(
            new GrantsSettings(
                settings.electionTimeout().toNanos(),
                settings.driftBound(),
                settings.heartbeatInterval().toNanos(),
                Duration.ofMillis(100).toNanos(),
                Duration.ofSeconds(5).toNanos()));
    this.names = IntStream.range(0, singletons).mapToObj(i -> "singleton/" + i).toList();
    this.checks = new CoordinationChecks(this);
    simulation.workload().useTables();
    for (SimulatedNode node : simulation.nodes()) {
      members.put(node, new MemberMachine(simulation, node));
    }
    for (int i = 0; i < others; i++) {
      clients.add(
          new ClientMachine(
              simulation,
              "client" + i,
              size + i,
              SimulatedClock.drawn(simulation.random(), drift)));
    }
    simulation.whenProcessStarts(this::processStarted);
  }

  /** Starts all machines. */
  void start() {
    simulation.nodes().forEach(SimulatedNode::start);
    clients.forEach(this::start);
  }

  void start(ClientMachine client) {
    client.start();
    begin(client);
  }

  private void processStarted(SimulatedNode node) {
    MemberMachine machine = machine(node);
    SimulatedCoordinator coordinator = new SimulatedCoordinator(this, node);
    coordinators.put(node, coordinator);
    machine.later(0, coordinator::tick);
    begin(machine);
  }

  private void begin(SessionMachine machine) {
    SimulatedSession session = new SimulatedSession(this, machine);
    sessions.put(machine, session);
    everySession.removeIf(old -> !old.isAlive());
    everySession.add(session);
    machine.later(simulation.random().nextLong(1_000_000), session::tick);
  }

  // --- what there is

  Simulation simulation() {
    return simulation;
  }

  CoordinationFaults faults() {
    return faults;
  }

  CoordinationChecks checks() {
    return checks;
  }

  GrantsSettings grantsSettings() {
    return grantsSettings;
  }

  /** What all sessions offer. */
  List<String> names() {
    return names;
  }

  /** What owners take and give back. */
  List<String> leases() {
    return leases;
  }

  List<ClientMachine> clients() {
    return clients;
  }

  /** Those whose processes run. */
  List<SimulatedSession> sessions() {
    return everySession.stream().filter(SimulatedSession::isAlive).toList();
  }

  /** All machines of a network of so many. */
  int machines() {
    return members.size() + clients.size();
  }

  MemberMachine machine(SimulatedNode node) {
    MemberMachine machine = members.get(node);
    if (machine == null) {
      throw new IllegalArgumentException("no machine of " + node.id());
    }
    return machine;
  }

  /** True while sessions give names away for no reason, and members are busy at times. */
  boolean isRestless() {
    return restless;
  }

  void setRestless(boolean now) {
    restless = now;
  }

  /** In true time, and shorter than the grace by any clock within the bound. */
  long longestHandlerNanos() {
    return 80_000_000;
  }

  long longestGapNanos() {
    return longestGapNanos;
  }

  void setLongestGap(long nanos) {
    longestGapNanos = nanos;
  }

  // --- messages

  void carry(SessionMachine from, SessionMachine to, Runnable delivery) {
    simulation.network().carry(from.index(), to.index(), at -> to.arrives(at, delivery));
  }

  void onPing(SimulatedNode at, Ping ping, SessionMachine from) {
    SimulatedCoordinator coordinator = coordinators.get(at);
    if (coordinator != null && coordinator.isOf(at.running())) {
      coordinator.onPing(ping, from);
    }
  }

  void onPong(SessionMachine at, Pong pong, SimulatedNode from) {
    SimulatedSession session = sessions.get(at);
    if (session != null && session.isAlive()) {
      session.onPong(pong, from);
      checks.oneHolds(everySession, names);
      checks.oneHolds(everySession, leases);
    }
  }
}

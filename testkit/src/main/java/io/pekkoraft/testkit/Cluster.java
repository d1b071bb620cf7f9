package io.pekkoraft.testkit;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.role.NodeSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * A group for scripted scenarios, in the words of the people who tell them: cut, hold, release,
 * elapse, crash. Members are called a, b, c…; heartbeats every 100 ms, elections after 1 to 2 s,
 * messages take 1 ms, disks less. All invariants are checked all the while.
 */
public final class Cluster {
  /** 100 ms heartbeats, 1 s election timeout; the units of the scenarios. */
  public static final NodeSettings SETTINGS =
      new NodeSettings(
          Duration.ofMillis(100),
          Duration.ofMillis(1000),
          0.1,
          16,
          4096,
          4,
          1024,
          64 * 1024,
          1024 * 1024,
          128);

  /** Within which a leader must be there once nothing is wrong: four times the longest timeout. */
  public static final Duration ELECTION_LIMIT = Duration.ofSeconds(8);

  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private final Simulation simulation;
  private final List<Envelope> left = new ArrayList<>();

  private Cluster(int size, NodeSettings settings, long seed) {
    simulation =
        new Simulation(size, settings, 0, seed, "a scenario of " + size + ", seed " + seed);
    simulation.network().setWire(this::note);
    Pictures.made(simulation);
  }

  private Envelope note(Envelope envelope) {
    left.add(envelope);
    return envelope;
  }

  public static Cluster of(int size) {
    return of(size, SETTINGS, 1);
  }

  /** All members start at once. */
  public static Cluster of(int size, NodeSettings settings, long seed) {
    Cluster cluster = new Cluster(size, settings, seed);
    cluster.simulation.nodes().forEach(SimulatedNode::start);
    return cluster;
  }

  public Simulation simulation() {
    return simulation;
  }

  public SimulatedNode node(String name) {
    return simulation.node(NodeId.of(name));
  }

  /** All but these. */
  public List<String> others(String... names) {
    List<String> others = new ArrayList<>();
    for (SimulatedNode node : simulation.nodes()) {
      if (!List.of(names).contains(node.id().value())) {
        others.add(node.id().value());
      }
    }
    return others;
  }

  // --- time

  public void elapse(long millis) {
    simulation.elapse(Duration.ofMillis(millis));
  }

  /**
   * @throws AssertionError if it is not so within {@code limit}
   */
  public void await(String what, Duration limit, BooleanSupplier condition) {
    if (!simulation.await(condition, limit)) {
      throw simulation.invariants().violation(what, "not within " + limit);
    }
  }

  /**
   * Waits for a leader that a majority follows.
   *
   * @return its name
   */
  public String awaitLeader() {
    return awaitLeaderAmong(others());
  }

  public String awaitLeaderAmong(List<String> names) {
    String[] leader = new String[1];
    await(
        "a leader among " + names,
        ELECTION_LIMIT,
        () -> {
          for (String name : names) {
            if (node(name).isLeader()) {
              leader[0] = name;
              return true;
            }
          }
          return false;
        });
    return leader[0];
  }

  public void awaitRole(String name, RaftStatus.Role role, long millis) {
    await(name + " is " + role, Duration.ofMillis(millis), () -> node(name).kind() == role);
  }

  /** Waits until all have applied the same, all of it on all disks. */
  public void awaitConverged() {
    await("all members converge", Duration.ofSeconds(30), new Recovery(simulation)::isConverged);
  }

  // --- clients

  public Operation propose(String name) {
    return simulation.propose(node(name), 16, TIMEOUT);
  }

  /** Proposes and waits until it is committed. */
  public void commit(String name) {
    Operation operation = propose(name);
    await(
        "a command is committed", TIMEOUT, () -> operation.outcome() instanceof Outcome.Committed);
  }

  /** Asks for a leadership transfer; see {@link TransferOperation#outcome}. */
  public TransferOperation transfer(String from, String to) {
    return simulation.transfer(node(from), NodeId.of(to), TIMEOUT);
  }

  // --- faults

  public void cutOneWay(String from, String to) {
    simulation.network().cutOneWay(node(from).index(), node(to).index());
  }

  public void cut(String one, String other) {
    simulation.network().cut(node(one).index(), node(other).index());
  }

  /** Nothing from nor to it passes. */
  public void isolate(String name) {
    others(name).forEach(other -> cut(name, other));
  }

  public void heal() {
    simulation.network().healAll();
  }

  public void crash(String name) {
    node(name).crash();
  }

  public void start(String name) {
    node(name).start();
  }

  public void pause(String name) {
    node(name).pause();
  }

  public void resume(String name) {
    node(name).resume();
  }

  /** What it writes from now on stays on its way to the disk. */
  public void holdWrites(String name) {
    node(name).running().holdWrites();
  }

  public void releaseWrites(String name) {
    node(name).running().releaseWrites();
  }

  // --- messages

  /** Keeps back all messages of this kind, from now on. */
  public void hold(Class<? extends PeerMessage> kind) {
    hold(kind, envelope -> true);
  }

  public void holdFrom(Class<? extends PeerMessage> kind, String from) {
    hold(kind, envelope -> envelope.header().from().equals(NodeId.of(from)));
  }

  public void holdTo(Class<? extends PeerMessage> kind, String to) {
    hold(kind, envelope -> envelope.header().to().equals(NodeId.of(to)));
  }

  private void hold(Class<? extends PeerMessage> kind, Predicate<Envelope> filter) {
    simulation
        .network()
        .hold(envelope -> kind.isInstance(envelope.message()) && filter.test(envelope));
  }

  /** Keeps back nothing more; what is held stays held. */
  public void holdNoMore() {
    simulation.network().holdNoMore();
  }

  /** Nobody else can win a pre-vote until {@link #holdNoMore}. */
  public void onlyMayWin(String name) {
    hold(PreVoteReply.class, envelope -> !envelope.header().to().equals(NodeId.of(name)));
  }

  /** What is held is lost. */
  public void discardHeld() {
    simulation.network().discardHeld();
  }

  /** Delivers the oldest held message of this kind between these two, now. */
  public void release(Class<? extends PeerMessage> kind, String from, String to) {
    int released =
        simulation
            .network()
            .release(
                envelope ->
                    kind.isInstance(envelope.message())
                        && envelope.header().from().equals(NodeId.of(from))
                        && envelope.header().to().equals(NodeId.of(to)),
                1);
    if (released == 0) {
      throw new IllegalStateException("no " + kind.getSimpleName() + " is held");
    }
    elapse(0);
  }

  /** Delivers all that is held, in order, and keeps back nothing more. */
  public void releaseAll() {
    holdNoMore();
    simulation.network().release(envelope -> true, Integer.MAX_VALUE);
    elapse(0);
  }

  public List<Envelope> held(Class<? extends PeerMessage> kind) {
    return simulation.network().held().stream()
        .filter(envelope -> kind.isInstance(envelope.message()))
        .toList();
  }

  /** What has left a member since the start, lost or not. */
  public List<PeerMessage> sent(String from, Class<? extends PeerMessage> kind) {
    return left.stream()
        .filter(envelope -> envelope.header().from().equals(NodeId.of(from)))
        .map(Envelope::message)
        .filter(kind::isInstance)
        .toList();
  }

  /** Delivers a message that nobody sent, in the name of a member's present life, now. */
  public void inject(String from, String to, PeerMessage message) {
    SimulatedNode sender = node(from);
    SimulatedNode receiver = node(to);
    Header header =
        new Header(
            simulation.group(),
            sender.id(),
            sender.member().incarnation(),
            sender.running().life(),
            receiver.id(),
            receiver.member().incarnation(),
            receiver.running().life());
    deliver(new Envelope(header, message));
  }

  /** Delivers a message once more, or one that was lost. */
  public void deliver(Envelope envelope) {
    simulation.scheduleAt(
        simulation.nowNanos(),
        simulation.node(envelope.header().to()),
        EventQueue.ANY_LIFE,
        envelope);
    elapse(0);
  }

  // --- what is so

  /** This member may fail or raise an alarm from now on, without failing the run. */
  public void expectAlarm(String name) {
    simulation.invariants().expectFailure(node(name));
  }

  public List<String> alarms(String name) {
    return simulation.invariants().alarms(node(name));
  }

  public RaftStatus.Role role(String name) {
    return node(name).kind();
  }

  public long term(String name) {
    return node(name).state().term();
  }

  public long highestTerm() {
    return simulation.nodes().stream()
        .filter(SimulatedNode::isRunning)
        .mapToLong(node -> node.state().term())
        .max()
        .orElse(0);
  }
}

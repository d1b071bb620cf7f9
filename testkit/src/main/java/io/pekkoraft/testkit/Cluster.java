package io.pekkoraft.testkit;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.api.StateMachine;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.role.NodeSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A group in a test's hands, in the words of the people who tell scenarios: cut, hold, release,
 * elapse, crash. With an application's own state machine it is made by {@link RaftTestKit};
 * without, by {@link #of(int)}, to test Raft itself. Members are called a, b, c…; heartbeats every
 * 100 ms, elections after 1 to 2 s, messages take 1 ms, disks less. All invariants are checked all
 * the while: what violates one ends the run with an {@link InvariantViolation} that names the seed.
 *
 * <p>Nothing happens by itself: virtual time passes in {@link #elapse(Duration)}, in the methods
 * that wait, and in nothing else. To be used by one thread.
 */
public final class Cluster extends MessagesInHand {
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
  private final Requests requests = new Requests(this);

  private Cluster(Simulation simulation) {
    super(simulation);
    this.simulation = simulation;
    Pictures.made(() -> Picture.of(simulation));
  }

  /** A group none of whose members has started; its messages go as bytes. */
  static Cluster through(Simulation simulation) {
    Cluster cluster = new Cluster(simulation);
    UnaryOperator<Envelope> codec = Surroundings.codec();
    simulation.network().setWire(envelope -> cluster.leaves(codec.apply(envelope)));
    return cluster;
  }

  /** {@link #SETTINGS}, seed 1; all members start at once. */
  public static Cluster of(int size) {
    return of(size, SETTINGS, 1);
  }

  /** All members start at once. */
  public static Cluster of(int size, NodeSettings settings, long seed) {
    String replay = "a scenario of " + size + ", seed " + seed;
    Cluster cluster = new Cluster(new Simulation(size, settings, 0, seed, replay));
    cluster.simulation.nodes().forEach(SimulatedNode::start);
    return cluster;
  }

  public Simulation simulation() {
    return simulation;
  }

  /** The names of all members, running or not. */
  public List<String> members() {
    return others();
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
    elapse(Duration.ofMillis(millis));
  }

  /** Lets virtual time pass; all that falls into it has happened when this returns. */
  public void elapse(Duration time) {
    requests.look();
    simulation.elapse(time);
  }

  /** Virtual time since the start. */
  public Duration now() {
    return Duration.ofNanos(simulation.nowNanos());
  }

  /** Does this every so often from now on, while time passes: a client, say. */
  public void every(Duration gap, Runnable what) {
    simulation.schedule(
        gap.toNanos(),
        () -> {
          what.run();
          every(gap, what);
        });
  }

  /**
   * Lets time pass until it is so.
   *
   * @param what in words, for the report
   * @throws AssertionError if it is not so within {@code limit} of virtual time
   */
  public void await(String what, Duration limit, BooleanSupplier condition) {
    if (!simulation.await(condition, limit)) {
      throw simulation.invariants().violation(what, "not within " + limit);
    }
  }

  /**
   * Waits for a leader; one that others have replaced, and that has not noticed, does not count.
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
            if (node(name).isLeader() && term(name) == highestTerm()) {
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

  /** Waits until a member has applied this entry, as it is after the state machine saw it. */
  public void awaitApplied(String name, long index) {
    SimulatedNode node = node(name);
    await(
        name + " has applied " + index,
        Duration.ofSeconds(30),
        () -> node.isRunning() && simulation.invariants().appliedIndex(node) >= index);
  }

  /** Waits until all have applied the same, all of it on all disks; all must run. */
  public void awaitConverged() {
    await("all members converge", Duration.ofSeconds(30), new Recovery(simulation)::isConverged);
  }

  // --- clients

  /**
   * Proposes a command through a member, and returns at once.
   *
   * @param timeout of virtual time, after which it has ended for certain, if only in doubt
   * @return what becomes of it, while time passes
   */
  public Operation propose(String name, byte[] command, Duration timeout) {
    return simulation.propose(node(name), command, 0, timeout, outcome -> {});
  }

  /**
   * A member as the application sees it, for code that is given a {@link RaftGroup}. Its methods
   * may be called from any thread; what they ask enters the run, and is answered, while this
   * cluster's thread lets time pass, or is in {@link #serving}. Outlives crashes: while the member
   * is down, requests end by their timeouts.
   */
  public RaftGroup group(String name) {
    return new SimulatedGroup(simulation, node(name), requests);
  }

  /**
   * Does something that waits for other threads, such as an actor's answer to a probe, and serves
   * what those ask of {@link #group} meanwhile. Virtual time passes only while a request is open,
   * so one thread's requests, one after the other, give the same run each time.
   *
   * @param blocking run in a thread of its own; must not touch this cluster
   * @return its result
   * @throws AssertionError if it fails, or takes longer than 10 s of real time
   */
  public <T> T serving(Callable<T> blocking) {
    return requests.serving(blocking, Duration.ofSeconds(10));
  }

  /** {@link TypedClient#call} with bytes as they are. */
  public byte[] call(String name, byte[] command) {
    return this.<byte[], byte[]>client(bytes -> bytes, bytes -> bytes).call(name, command);
  }

  /** A client that speaks the application's own types. */
  public <C, R> TypedClient<C, R> client(
      Function<C, byte[]> toBytes, Function<byte[], R> toResult) {
    return new TypedClient<>(this, toBytes, toResult);
  }

  /**
   * The state machine of a member as it is now, to be looked at only.
   *
   * @throws IllegalStateException if the member is down, or has another kind of state machine
   */
  public <S extends StateMachine> S stateMachine(String name, Class<S> type) {
    SimulatedState state = node(name).running().state();
    if (state instanceof ApplicationState application && type.isInstance(application.machine())) {
      return type.cast(application.machine());
    }
    Object there =
        state instanceof ApplicationState application
            ? application.machine().getClass().getName()
            : "none of an application";
    throw new IllegalStateException(name + " has no " + type.getName() + ", but " + there);
  }

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
    simulation.noteWorld("cut " + from + " -> " + to);
  }

  public void cut(String one, String other) {
    simulation.network().cut(node(one).index(), node(other).index());
    simulation.noteWorld("cut " + one + " - " + other);
  }

  /** These on one side, all others on the other: nothing passes between the two. */
  public void partition(String... side) {
    for (String name : side) {
      others(side).forEach(other -> cut(name, other));
    }
  }

  /** Nothing from nor to it passes. */
  public void isolate(String name) {
    others(name).forEach(other -> cut(name, other));
  }

  /**
   * All cuts end, and so does what was said about kinds of messages; holds and what they have stay.
   */
  public void heal() {
    simulation.network().healAll();
    simulation.network().rules().clear();
    simulation.noteWorld("heal");
  }

  /**
   * Ends a member's process at once. A write on its way to the disk is there afterwards, or not, as
   * the seed has it.
   *
   * @throws IllegalStateException if it is down already
   */
  public void crash(String name) {
    node(name).running();
    node(name).crash();
  }

  /**
   * Starts a member that is down, with what is on its disk.
   *
   * @throws IllegalStateException if it runs
   */
  public void start(String name) {
    node(name).start();
  }

  /** Crashes a member if it runs, and starts it again. */
  public void restart(String name) {
    node(name).crash();
    start(name);
  }

  /** Stops a member's process, as a long pause of a virtual machine does: time goes on. */
  public void pause(String name) {
    node(name).running();
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

  /** Its disk takes so many times longer, from now on until its process ends. */
  public void slowDisk(String name, int factor) {
    if (factor < 1) {
      throw new IllegalArgumentException("a slow disk takes 1 time as long or more: " + factor);
    }
    node(name).running().slowDisk(factor);
  }

  /**
   * Its next write fails: stored or not, nobody knows. From then on the member takes no part, until
   * it is {@link #restart restarted}.
   */
  public void failNextWrite(String name) {
    node(name).running().failNextWrite();
  }

  /**
   * @see RandomFaults
   */
  public void faults(Duration time) {
    new RandomFaults(simulation, new SplittableRandom(simulation.random().nextLong())).run(time);
  }

  /**
   * Puts all in order, and then insists on what must happen once nothing goes wrong any more: a
   * leader, a committed command, and all members alike, each within its time.
   *
   * @throws InvariantViolation naming what did not happen
   */
  public void checkRecovery() {
    holdNoMore();
    releaseAll();
    heal();
    new SwarmWorld(simulation).calm();
    new Recovery(simulation).check(() -> {});
  }

  // --- what is so

  /** The members, and the last events of the run, for a person who asks why. */
  public String report(String headline) {
    return simulation.report(headline, "");
  }

  /** Who leads in the newest term, if anybody; null otherwise. */
  public @Nullable String leader() {
    for (String name : members()) {
      if (node(name).isLeader() && term(name) == highestTerm()) {
        return name;
      }
    }
    return null;
  }

  public boolean isRunning(String name) {
    return node(name).isRunning();
  }

  /** What a running member says about itself, as it would in production. */
  public RaftStatus status(String name) {
    return node(name).status();
  }

  /** What this member's state machine has applied; 0 before the first entry. */
  public long appliedIndex(String name) {
    return simulation.invariants().appliedIndex(node(name));
  }

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

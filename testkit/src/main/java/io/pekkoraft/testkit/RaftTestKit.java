package io.pekkoraft.testkit;

import io.pekkoraft.api.StateMachine;
import io.pekkoraft.role.NodeSettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Says on what a test is to run: an application's own {@link StateMachine}, on a group of members
 * that are the production code, on virtual time. Begin with {@link #of}, end with {@link #start}.
 *
 * <p>A kit never changes: each method gives another one, so that one can be shared by many tests.
 * Everything of a run comes from its seed; the same seed gives the same run, bit for bit, as long
 * as the state machine and the test do nothing at random themselves.
 *
 * <p>All the while the invariants of Raft are checked, and the members' results, states and
 * snapshots are compared at equal indexes: a state machine that is not deterministic fails the
 * test. See {@link Determinism} for a check of that alone.
 */
public final class RaftTestKit {
  /**
   * What members run with unless {@link #settings} says otherwise: heartbeats every 100 ms,
   * election timeout 1 s, and a snapshot whenever 1 KiB of log is there, so that tests see
   * snapshots, and members that lag are sent one while they have a state.
   */
  public static final NodeSettings SETTINGS =
      new NodeSettings(
          Duration.ofMillis(100),
          Duration.ofMillis(1000),
          0.1,
          64,
          96 * 1024,
          8,
          1024 * 1024,
          16L * 1024 * 1024,
          1024,
          4096);

  private final Supplier<? extends StateMachine> newStateMachine;
  private int members = 3;
  private long seed = 1;
  private String replay = "";
  private NodeSettings settings = SETTINGS;
  private double drift;
  private Map<String, Double> clocks = Map.of();
  private @Nullable Function<? super StateMachine, ?> view;
  private int comparedEvery = 1;
  private @Nullable Function<RandomGenerator, byte[]> commands;
  private Function<byte[], String> words = BytesText::of;

  private RaftTestKit(Supplier<? extends StateMachine> newStateMachine) {
    this.newStateMachine = newStateMachine;
  }

  /**
   * Three members, seed 1, honest clocks.
   *
   * @param newStateMachine asked whenever a member starts, also after a crash; must give a new one
   *     each time
   */
  public static RaftTestKit of(Supplier<? extends StateMachine> newStateMachine) {
    return new RaftTestKit(newStateMachine);
  }

  private RaftTestKit copy() {
    RaftTestKit copy = new RaftTestKit(newStateMachine);
    copy.members = members;
    copy.seed = seed;
    copy.replay = replay;
    copy.settings = settings;
    copy.drift = drift;
    copy.clocks = clocks;
    copy.view = view;
    copy.comparedEvery = comparedEvery;
    copy.commands = commands;
    copy.words = words;
    return copy;
  }

  /**
   * @param count members, called a, b, c…; 1 to 9
   */
  public RaftTestKit members(int count) {
    if (count < 1 || count > 9) {
      throw new IllegalArgumentException("a group has 1 to 9 members, not " + count);
    }
    RaftTestKit copy = copy();
    copy.members = count;
    return copy;
  }

  /** Timeouts, message delays, disk latencies and random faults all follow from it. */
  public RaftTestKit seed(long number) {
    RaftTestKit copy = copy();
    copy.seed = number;
    return copy;
  }

  public long seed() {
    return seed;
  }

  /**
   * @param command how a person runs this seed again; told when the run fails
   */
  public RaftTestKit replayedBy(String command) {
    RaftTestKit copy = copy();
    copy.replay = command;
    return copy;
  }

  /** How the members behave; {@link #SETTINGS} otherwise. */
  public RaftTestKit settings(NodeSettings nodeSettings) {
    RaftTestKit copy = copy();
    copy.settings = nodeSettings;
    return copy;
  }

  /**
   * Clocks that run too fast or too slow, each in its own way, by this fraction at most. Beyond the
   * settings' drift bound leases hold nothing, and are not checked.
   */
  public RaftTestKit drift(double fraction) {
    if (!(fraction >= 0 && fraction < 0.5)) {
      throw new IllegalArgumentException("a drift is at least 0 and below 0.5, not " + fraction);
    }
    RaftTestKit copy = copy();
    copy.drift = fraction;
    return copy;
  }

  /**
   * One member's clock.
   *
   * @param rate its seconds per second of virtual time: 1.1 is fast, 0.9 slow
   */
  public RaftTestKit clock(String member, double rate) {
    if (!(rate > 0.5 && rate < 1.5)) {
      throw new IllegalArgumentException("a clock's rate is between 0.5 and 1.5, not " + rate);
    }
    RaftTestKit copy = copy();
    Map<String, Double> rates = new LinkedHashMap<>(clocks);
    rates.put(member, rate);
    copy.clocks = rates;
    return copy;
  }

  /**
   * The commands that clients propose during {@link Cluster#faults} and in {@link
   * Cluster#checkRecovery}; without them nobody proposes there.
   *
   * @param newCommand gives the bytes of a command; all that is random in it comes from the given
   *     generator
   */
  public RaftTestKit commands(Function<RandomGenerator, byte[]> newCommand) {
    RaftTestKit copy = copy();
    copy.commands = newCommand;
    return copy;
  }

  /**
   * How commands read in the trace of a run that fails. Without it those that are text are shown as
   * text, and all others in hexadecimal; what is long is cut off, with its length and a hash.
   */
  public RaftTestKit commandsInWords(Function<byte[], String> inWords) {
    RaftTestKit copy = copy();
    copy.words = inWords;
    return copy;
  }

  /**
   * Compares states by a view of them, and not by the bytes of their snapshots: for a state machine
   * whose snapshots differ though the states are the same, as with a hash map's order.
   *
   * @param ofState has {@code equals} and {@code hashCode} by value, and does not change later
   */
  public <S extends StateMachine> RaftTestKit comparedBy(Class<S> type, Function<S, ?> ofState) {
    RaftTestKit copy = copy();
    copy.view = machine -> ofState.apply(type.cast(machine));
    return copy;
  }

  /**
   * Looks at the state only after so many entries, where writing a snapshot after each takes too
   * long. Results are compared at every entry all the same.
   */
  public RaftTestKit comparedEvery(int entries) {
    if (entries < 1) {
      throw new IllegalArgumentException("states are compared every 1 entry or more: " + entries);
    }
    RaftTestKit copy = copy();
    copy.comparedEvery = entries;
    return copy;
  }

  /** Makes the group and starts all its members; none of them leads yet. */
  public Cluster start() {
    String how = replay.isEmpty() ? "RaftTestKit seed " + seed : replay;
    double worst = drift;
    for (double rate : clocks.values()) {
      worst = Math.max(worst, Math.abs(rate - 1));
    }
    Simulation simulation = new Simulation(members, settings, worst, seed, how);
    if (drift == 0) {
      simulation.nodes().forEach(node -> node.clock().runAt(1, 0));
    }
    Cluster cluster = Cluster.through(simulation);
    clocks.forEach((member, rate) -> cluster.node(member).clock().runAt(rate, 0));
    simulation.workload().runApplication(this::newState);
    simulation.workload().describeBy(words);
    if (commands != null) {
      simulation.workload().proposeBesides(commands);
    }
    simulation.nodes().forEach(SimulatedNode::start);
    return cluster;
  }

  private ApplicationState newState() {
    return new ApplicationState(newStateMachine.get(), view, comparedEvery);
  }
}

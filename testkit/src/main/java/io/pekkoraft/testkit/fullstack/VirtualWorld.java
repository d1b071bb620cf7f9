package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.testkit.InvariantViolation;
import io.pekkoraft.testkit.Picture;
import io.pekkoraft.testkit.Pictures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.pekko.actor.Address;
import org.jspecify.annotations.Nullable;

/**
 * Machines, a network, and time that only goes on when a test says so. All of it runs on the thread
 * of the test, from one seed: the same seed gives the same run. Not safe for use by several
 * threads.
 */
public final class VirtualWorld {
  private final long seed;
  private final String replay;
  private final SplittableRandom random;
  private final VirtualTime time;
  private final Network network;
  private final Map<String, Machine> machines = new LinkedHashMap<>();
  private final Map<Address, Machine> addresses = new LinkedHashMap<>();
  private final VirtualConfigurations configurations = new VirtualConfigurations();
  private final ClassLoader classLoader = WithoutManifests.ofThread();
  private final WorldTrace trace = new WorldTrace();
  private final List<Runnable> checks = new ArrayList<>();
  private final List<AssertionError> problems = new ArrayList<>();
  private WorldListener listener = WorldListener.NONE;
  private Function<Machine, @Nullable DurableLog> disks = machine -> null;

  private VirtualWorld(long seed, String replay) {
    this.seed = seed;
    this.replay = replay;
    this.random = new SplittableRandom(seed);
    this.time = new VirtualTime(random.split());
    this.network = new Network(this, time, random.split());
    time.stopWhen(this::isWrong);
    Pictures.made(this::picture);
  }

  /** A world in which chance falls as {@code seed} says. */
  public static VirtualWorld of(long seed) {
    return of(seed, "seed " + seed);
  }

  /**
   * @param replay the command that does the same again, for reports
   */
  public static VirtualWorld of(long seed, String replay) {
    return new VirtualWorld(seed, replay);
  }

  public long seed() {
    return seed;
  }

  VirtualTime time() {
    return time;
  }

  public Network network() {
    return network;
  }

  VirtualConfigurations configurations() {
    return configurations;
  }

  /** Of all actor systems. */
  ClassLoader classLoader() {
    return classLoader;
  }

  WorldTrace trace() {
    return trace;
  }

  private boolean isWrong() {
    if (problems.isEmpty()) {
      checks.forEach(Runnable::run);
    }
    return !problems.isEmpty();
  }

  /** A new machine, for an actor system of the same name. Nothing runs on it yet. */
  public Machine add(String name) {
    return add(name, name);
  }

  /**
   * A new machine. Nothing runs on it yet.
   *
   * @param systemName of the actor systems that will run on it
   */
  public Machine add(String name, String systemName) {
    Machine machine = new Machine(this, name, systemName, random.split());
    if (machines.putIfAbsent(name, machine) != null) {
      throw new IllegalArgumentException("there is a machine " + name);
    }
    addresses.put(machine.address(), machine);
    listener.added(machine);
    return machine;
  }

  public List<Machine> machines() {
    return List.copyOf(machines.values());
  }

  public Machine machine(String name) {
    Machine machine = machines.get(name);
    if (machine == null) {
      throw new IllegalArgumentException("there is no machine " + name);
    }
    return machine;
  }

  @Nullable Machine machineAt(Address address) {
    return addresses.get(address);
  }

  // --- time

  /** Virtual nanoseconds since the world began. */
  public long nowNanos() {
    return time.nowNanos();
  }

  /**
   * Lets time go on.
   *
   * @throws AssertionError if something happened that must not
   */
  public void elapse(Duration duration) {
    time.elapse(duration.toNanos());
    check();
  }

  /**
   * Lets time go on until it is so.
   *
   * @param condition asked at every step, so it has to be quick; must not change anything
   * @return false if it is not within {@code limit}
   * @throws AssertionError if something happened that must not
   */
  public boolean await(BooleanSupplier condition, Duration limit) {
    boolean so = time.await(condition, limit.toNanos());
    check();
    return so;
  }

  /**
   * Does something later, as nobody's code in particular.
   *
   * @param nanos of virtual time from now
   */
  public void schedule(long nanos, Runnable what) {
    time.after(nanos, what);
  }

  /** How many mailbox runs, tasks, timers and arrivals there were. */
  public long steps() {
    return time.steps();
  }

  /** The power of all machines goes at the same instant. */
  public void losePower() {
    machines.values().forEach(Machine::losePower);
  }

  // --- what happened

  /** Equal in two runs that did the same: covers messages, disks, and what tests note. */
  public long traceHash() {
    return trace.hash();
  }

  /** The last few hundred things that happened, oldest first. */
  public List<String> lines() {
    return trace.lines();
  }

  /** Puts a line into the trace, and into its hash. */
  public void note(String who, String what) {
    trace(who, what);
    listener.noted(who, what);
  }

  /** The same of a fault, or of its end. */
  void fault(String who, String what) {
    trace(who, what);
    listener.fault(who, what);
  }

  private void trace(String who, String what) {
    trace.add(time.nowNanos(), who, what);
    trace.mix(time.nowNanos());
    trace.mix(who + " " + what);
  }

  /**
   * Records what happens from now on, for a picture; the run is the same as without. Instances of
   * singletons that have begun before are not shown. Of several pictures the newest goes on.
   */
  public Picture picture() {
    WorldRecorder recorder = new WorldRecorder(this, Picture.MAX_STEPS);
    listener = recorder;
    return Picture.of(recorder);
  }

  WorldListener listener() {
    return listener;
  }

  String replay() {
    return replay;
  }

  /** Somebody looks at the disks now and then, and can say what was there. */
  void showDisks(Function<Machine, @Nullable DurableLog> lastLook) {
    disks = lastLook;
  }

  /** What was on a machine's disk for sure when somebody looked last, or null. */
  @Nullable DurableLog knownOnDisk(Machine machine) {
    return disks.apply(machine);
  }

  /**
   * Something happened that must not: time stands still, and whoever let it go on is told. To be
   * called where an exception would be caught by an actor.
   */
  public void problem(String what) {
    problems.add(failure(what));
  }

  void problem(String what, Throwable cause) {
    AssertionError failure = failure(what);
    failure.initCause(cause);
    problems.add(failure);
  }

  /**
   * From now on something must be so after every step.
   *
   * @param invariant its short name
   * @param holds asked at every step, so it has to be quick; must not change anything
   */
  public void always(String invariant, BooleanSupplier holds) {
    checks.add(
        () -> {
          if (!holds.getAsBoolean()) {
            violation(invariant, "not so any more");
          }
        });
  }

  /**
   * As {@link #problem}, of something that is to be so all the time: time stands still, and whoever
   * let it go on is told by an {@link InvariantViolation}.
   *
   * @param invariant its short name
   */
  public void violation(String invariant, String what) {
    problems.add(violated(invariant, what));
  }

  /** The same where the caller can throw it. */
  InvariantViolation violated(String invariant, String what) {
    listener.violated(invariant, what);
    return new InvariantViolation(invariant, report(invariant + ": " + what));
  }

  /**
   * @throws AssertionError if something happened that must not
   */
  public void check() {
    if (!problems.isEmpty()) {
      throw problems.get(0);
    }
  }

  /** The same, with a last look at what must always be so. */
  void checkNow() {
    if (isWrong()) {
      check();
    }
  }

  AssertionError failure(String what) {
    listener.violated("what must not happen", what);
    return new AssertionError(report(what));
  }

  String report(String what) {
    return what
        + "\nat "
        + time.nowNanos() / 1e6
        + " ms; "
        + replay
        + "\nwhat led to it:\n"
        + String.join("\n", trace.lines());
  }
}

package io.pekkoraft.testkit.fullstack;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;

/**
 * The processes of an application, called a, b, c…, each with its actor system on a machine of its
 * own, on virtual time: real actors, real serialization, real logs. The network, the disks, the
 * clocks and the processes are in the test's hands; time passes only in methods that wait. Made by
 * {@link ApplicationTestKit}. Not safe for use by several threads.
 *
 * <pre>{@code
 * ApplicationCluster shop = ApplicationTestKit.of(Shop::start).seed(7).start();
 * shop.isolate("a");
 * shop.elapse(Duration.ofSeconds(5));
 * }</pre>
 */
public final class ApplicationCluster implements AutoCloseable {
  private static final String SYSTEM = "application";
  private static final String DATA = "/data";

  private final VirtualWorld world;
  private final Config config;
  private final ActorSystemSetup setup;
  private final Function<String, ? extends Behavior<?>> guardian;
  private final Consumer<ActorSystem<?>> started;
  private final List<Machine> machines = new ArrayList<>();

  /** Made once: the world keeps what it has made of each. */
  private final Map<String, Config> configs = new HashMap<>();

  private final SplittableRandom random;

  ApplicationCluster(
      VirtualWorld world,
      int size,
      double drift,
      Config config,
      ActorSystemSetup setup,
      Function<String, ? extends Behavior<?>> guardian,
      Consumer<ActorSystem<?>> started) {
    this.world = world;
    this.config = config;
    this.setup = setup;
    this.guardian = guardian;
    this.started = started;
    this.random = new SplittableRandom(world.seed()).split();
    for (int i = 0; i < size; i++) {
      Machine machine = world.add(String.valueOf((char) ('a' + i)), SYSTEM);
      if (drift > 0) {
        machine.setClockRate(1 + random.nextDouble(-drift, drift));
      }
      machines.add(machine);
    }
  }

  private Config config(Machine of) {
    List<Map<String, Object>> members =
        machines.stream()
            .map(
                machine ->
                    Map.<String, Object>of(
                        "id",
                        machine.name(),
                        "host",
                        machine.address().host().get(),
                        "port",
                        machine.address().port().get()))
            .toList();
    return config
        .withFallback(
            ConfigFactory.parseMap(
                Map.of(
                    "pekko-raft.node.id",
                    of.name(),
                    "pekko-raft.node.data-dir",
                    DATA,
                    "pekko-raft.persistence.journal.segment-size",
                    "64 KiB",
                    "pekko-raft.persistence.journal.free-space-reserve",
                    0,
                    "pekko.log-dead-letters",
                    "off",
                    "pekko.log-dead-letters-during-shutdown",
                    "off")))
        .withValue("pekko-raft.node.members", ConfigValueFactory.fromIterable(members));
  }

  // --- who is there

  /** The machines, the network and the time below. */
  public VirtualWorld world() {
    return world;
  }

  public List<String> names() {
    return machines.stream().map(Machine::name).toList();
  }

  /** All but these. */
  public List<String> others(String... names) {
    return names().stream().filter(name -> !List.of(names).contains(name)).toList();
  }

  public Machine machine(String name) {
    return world.machine(name);
  }

  /** True from a start until the process has ended; it may stand still. */
  public boolean isRunning(String name) {
    return machine(name).isRunning();
  }

  /**
   * The actor system of a running process. To tell its actors something, that is enough; what
   * starts something in it belongs into {@link #on}.
   *
   * @throws IllegalStateException if it does not run
   */
  public ActorSystem<?> system(String name) {
    return machine(name).system();
  }

  /**
   * Runs code in a process, as if it were called there.
   *
   * @return what it returns
   * @throws IllegalStateException if it does not run
   */
  public <T> T on(String name, Function<ActorSystem<?>, T> code) {
    Machine machine = machine(name);
    ActorSystem<?> system = machine.system();
    List<T> result = new ArrayList<>(1);
    machine.run(() -> result.add(code.apply(system)));
    if (result.isEmpty()) {
      throw new IllegalStateException(name + " is paused, or its power went");
    }
    return result.get(0);
  }

  // --- processes come and go

  /** Starts a process on what its disk holds; nothing if it runs. */
  public void start(String name) {
    Machine machine = machine(name);
    if (!machine.isRunning()) {
      ActorSystem<?> system =
          machine.start(
              guardian.apply(name), configs.computeIfAbsent(name, first -> config(machine)), setup);
      machine.run(() -> started.accept(system));
    }
  }

  /** As {@code kill -9}: the process is gone without a word. */
  public void crash(String name) {
    machine(name).kill();
  }

  /** The machine stops, and what was not flushed to its disk may be lost. */
  public void losePower(String name) {
    machine(name).losePower();
  }

  /**
   * The actor system terminates in order, with Pekko's coordinated shutdown.
   *
   * @throws AssertionError if it does not within a minute
   */
  public void terminate(String name) {
    machine(name).terminate();
  }

  /** As SIGSTOP: the process stands still, its clock goes on. */
  public void pause(String name) {
    machine(name).pause();
  }

  public void resume(String name) {
    machine(name).resume();
  }

  /** Ends all processes, as {@link #crash} does: nothing happens here any more. */
  @Override
  public void close() {
    names().forEach(this::crash);
  }

  // --- the network

  /** From now on {@code to} hears nothing of {@code from}. */
  public void cutOneWay(String from, String to) {
    world.network().cut(from, to);
  }

  /** From now on neither hears the other. */
  public void cut(String one, String other) {
    cutOneWay(one, other);
    cutOneWay(other, one);
  }

  /** Nobody hears it, and it hears nobody. */
  public void isolate(String name) {
    others(name).forEach(other -> cut(name, other));
  }

  /** Those hear each other, and nobody else. */
  public void partition(String... side) {
    for (String one : side) {
      others(side).forEach(other -> cut(one, other));
    }
  }

  /** All links work again, and no kind of message is delayed. */
  public void heal() {
    world.network().healAll();
  }

  /** From now on messages of that class, and of those below it, take so much longer. */
  public void delay(Class<?> kind, Duration more) {
    world.network().delay(carries(kind), more);
  }

  /**
   * From now on messages of that class are kept back, in {@link Network#held}, until they are
   * released or {@link Network#holdNothing} is said. Replaces what was held before.
   */
  public void hold(Class<?> kind) {
    world.network().hold(carries(kind));
  }

  private static Predicate<Flight> carries(Class<?> kind) {
    return flight -> kind.isInstance(flight.message()) || kind.isInstance(flight.peerMessage());
  }

  public Network network() {
    return world.network();
  }

  // --- time, and what is so

  /**
   * Lets time go on.
   *
   * @throws AssertionError if something happened that must not
   */
  public void elapse(Duration duration) {
    world.elapse(duration);
  }

  /** Virtual time since the beginning. */
  public Duration now() {
    return Duration.ofNanos(world.nowNanos());
  }

  /**
   * Lets time go on until it is so.
   *
   * @param what is waited for, for the report
   * @param condition asked at every step; must not change anything
   * @throws AssertionError if it is not so within {@code limit}
   */
  public void await(String what, Duration limit, BooleanSupplier condition) {
    if (!world.await(condition, limit)) {
      throw world.failure("not within " + limit + ": " + what);
    }
  }

  /**
   * Lets time go on until a stage is completed that was made by Pekko: of an ask, or of a lease.
   * Not one behind it, as {@code thenApply} gives: that may be completed by another thread, at any
   * time.
   *
   * @param what is waited for, for the report
   * @return the stage's value
   * @throws java.util.concurrent.CompletionException if it was completed by a failure
   * @throws AssertionError if it is not completed within {@code limit}
   */
  public <T> T await(String what, Duration limit, CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    await(what, limit, future::isDone);
    return future.join();
  }

  /**
   * @throws AssertionError if something is not so that must always be, or something has happened
   *     that must not
   */
  public void check() {
    world.checkNow();
  }

  /** What happened last, below {@code what}, and how to see it again. */
  public String report(String what) {
    return world.report(what);
  }

  /**
   * From now on it must be so after every step: a message handled, a timer, an arrival.
   *
   * @param condition quick; must not change anything
   */
  public void always(String invariant, BooleanSupplier condition) {
    world.always(invariant, condition);
  }

  /**
   * Whatever goes wrong at random for so long, as the seed draws it: cuts, partitions, pauses,
   * crashes, losses of power, lost and late messages. Afterwards nothing is wrong any more, and all
   * processes run.
   *
   * @return how often each kind happened
   */
  public Map<String, Integer> faults(Duration duration) {
    ApplicationFaults faults = new ApplicationFaults(this, random.split());
    faults.begin();
    elapse(duration);
    faults.end();
    return faults.counts();
  }
}

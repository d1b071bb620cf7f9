package io.pekkoraft.testkit.fullstack;

import com.typesafe.config.Config;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.node.NodeObservers;
import io.pekkoraft.node.TimeAndChance;
import io.pekkoraft.role.NodeObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.dispatch.ExecutionContexts;
import org.jspecify.annotations.Nullable;

/**
 * A machine: an address, a clock, a disk, and at most one process with one actor system. The
 * process comes and goes, the rest stays.
 */
public final class Machine {
  private static final int PORT = 2551;
  private static final Duration TERMINATION_LIMIT = Duration.ofSeconds(60);

  private final VirtualWorld world;
  private final String name;
  private final Address address;
  private final SplittableRandom random;
  private final Disk disk;
  private final long clockOrigin;
  private double clockRate = 1;
  private long powerLosses;
  private long resumedNanos = -1;
  private final List<HeardMember> members = new ArrayList<>();
  private @Nullable Life life;
  private @Nullable ActorSystem<?> system;

  Machine(VirtualWorld world, String name, String systemName, SplittableRandom random) {
    this.world = world;
    this.name = name;
    this.address = new Address("pekko", systemName, name, PORT);
    this.random = random;
    this.clockOrigin = random.nextLong(-1L << 50, 1L << 50);
    this.disk = new Disk(this, random.split());
  }

  /** Also the name of its host. */
  public String name() {
    return name;
  }

  VirtualWorld world() {
    return world;
  }

  /** Where others reach its actor system: {@code pekko://system@name:2551}. */
  public Address address() {
    return address;
  }

  public Disk disk() {
    return disk;
  }

  @Nullable Life life() {
    return life;
  }

  public boolean isRunning() {
    return life != null;
  }

  /**
   * @throws IllegalStateException if nothing runs here
   */
  public ActorSystem<?> system() {
    ActorSystem<?> running = system;
    if (running == null) {
      throw new IllegalStateException("nothing runs on " + name);
    }
    return running;
  }

  // --- its clock

  /** How many nanoseconds its clock counts in a virtual one; set it before the first start. */
  public void setClockRate(double rate) {
    clockRate = rate;
  }

  /** What its monotonic clock shows. */
  public long clockNanos() {
    return clockOrigin + (long) (world.time().nowNanos() * clockRate);
  }

  long virtualDuration(long ownNanos) {
    return (long) Math.ceil(Math.max(0, ownNanos) / clockRate);
  }

  // --- its process

  /**
   * Starts a process with an actor system. Returns when that is there, at the same virtual instant.
   *
   * @param overrides configuration before {@code reference.conf} and {@code application.conf}
   * @throws IllegalStateException if one is running
   */
  public <T> ActorSystem<T> start(Behavior<T> guardian, Config overrides) {
    return start(guardian, overrides, ActorSystemSetup.empty());
  }

  /**
   * @param setup what else the actor system is created with
   */
  public <T> ActorSystem<T> start(Behavior<T> guardian, Config overrides, ActorSystemSetup setup) {
    if (life != null) {
      throw new IllegalStateException(name + " is running");
    }
    Life fresh = new Life(this, world.time());
    life = fresh;
    world.fault(name, "starts");
    SplittableRandom chance = random.split();
    Config config = world.configurations().of(overrides);
    ActorSystemSetup all =
        setup
            .withSetup(
                BootstrapSetup.create(
                    Optional.of(world.classLoader()), Optional.of(config), Optional.empty()))
            .withSetup(new TimeAndChance(this::clockNanos, chance))
            .withSetup(new NodeObservers((group, self) -> member(fresh, group)));
    ActorSystem<T> made = fresh.call(() -> ActorSystem.create(guardian, address.system(), all));
    system = made;
    return made;
  }

  private NodeObserver member(Life starts, GroupIdentity group) {
    members.removeIf(member -> member.life() != starts || member.group().equals(group.group()));
    HeardMember member = new HeardMember(starts, group);
    members.add(member);
    world.listener().member(member);
    return member;
  }

  /** The members that its process has started, at most one of each group. */
  List<HeardMember> members() {
    return members;
  }

  /** Runs code as this machine's: what it makes belongs to its process. */
  public void run(Runnable code) {
    Life running = life;
    if (running == null) {
      throw new IllegalStateException("nothing runs on " + name);
    }
    world
        .time()
        .pumping(
            () -> {
              running.run(code);
              return true;
            });
  }

  /**
   * Whether tasks of this dispatcher wait for the disk: they take as long as {@link
   * Disk#setLatency} says.
   */
  boolean isDiskThread(String dispatcher) {
    return dispatcher.startsWith("pekko-raft.persistence.")
        || dispatcher.equals("pekko-raft.state-machine-dispatcher")
        || dispatcher.equals("pekko.actor.default-blocking-io-dispatcher");
  }

  /**
   * The power goes: the process is gone, and of what was not flushed any part may be lost, as the
   * seed draws.
   */
  public void losePower() {
    end("loses power");
    powerLosses++;
    disk.losePower();
  }

  /** How often its power went. */
  public long powerLosses() {
    return powerLosses;
  }

  /** {@code kill -9}: the process is gone, the operating system still writes what it was given. */
  public void kill() {
    end("is killed");
  }

  private void end(String how) {
    Life running = life;
    if (running != null) {
      world.fault(name, how);
      running.end();
      life = null;
      system = null;
      world.listener().settled(this);
    }
  }

  /**
   * The actor system terminates in order.
   *
   * @throws AssertionError if it does not within a minute of virtual time
   */
  public void terminate() {
    boolean[] ended = new boolean[1];
    beginTermination(() -> ended[0] = true);
    if (!world.await(() -> ended[0], TERMINATION_LIMIT)) {
      throw world.failure(name + " did not terminate");
    }
  }

  /**
   * As {@link #terminate}, without waiting.
   *
   * @param then called when the process has ended by that
   */
  void beginTermination(Runnable then) {
    ActorSystem<?> running = system();
    world.fault(name, "terminates");
    run(
        () -> {
          running.terminate();
          // Not its CompletionStage, whose callbacks run on threads of their own.
          running
              .whenTerminated()
              .onComplete(
                  done -> {
                    world.schedule(0, () -> hasTerminated(running, then));
                    return null;
                  },
                  ExecutionContexts.fromExecutor(Runnable::run));
        });
  }

  private void hasTerminated(ActorSystem<?> terminated, Runnable then) {
    if (system == terminated) {
      end("has terminated");
      then.run();
    }
  }

  /** As SIGSTOP: nothing of its process runs until {@link #resume}, its clock goes on. */
  public void pause() {
    Life running = life;
    if (running != null && !running.isPaused()) {
      world.fault(name, "pauses");
      running.pause();
      world.listener().settled(this);
    }
  }

  public void resume() {
    Life running = life;
    if (running != null && running.isPaused()) {
      world.fault(name, "goes on");
      resumedNanos = world.nowNanos();
      running.resume();
      world.listener().settled(this);
    }
  }

  /** When a process of it went on last after it had stood still; negative if none ever did. */
  long resumedNanos() {
    return resumedNanos;
  }

  /** Whether it has a process that stands still. */
  public boolean isPaused() {
    Life running = life;
    return running != null && running.isPaused();
  }

  @Override
  public String toString() {
    return name;
  }
}

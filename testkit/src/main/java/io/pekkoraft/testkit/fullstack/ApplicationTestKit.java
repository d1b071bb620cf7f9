package io.pekkoraft.testkit.fullstack;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Says what a test is to run: an application of several processes, each an actor system with all
 * that the application starts in it, on virtual time. Begin with {@link #of}, end with {@link
 * #start}. Singletons, leases and groups are started by the same calls as in production.
 *
 * <p>A kit never changes: each method gives another one, so that one can be shared by many tests.
 * Everything of a run comes from its seed; the same seed gives the same run, bit for bit, as long
 * as the application does nothing at random itself and starts no threads.
 */
public final class ApplicationTestKit {
  private final Function<String, ? extends Behavior<?>> guardian;
  private final Consumer<ActorSystem<?>> started;
  private int size = 3;
  private long seed = 1;
  private String replay = "";
  private double drift;
  private Config config = ConfigFactory.empty();
  private ActorSystemSetup setup = ActorSystemSetup.empty();

  private ApplicationTestKit(
      Function<String, ? extends Behavior<?>> guardian, Consumer<ActorSystem<?>> started) {
    this.guardian = guardian;
    this.started = started;
  }

  /**
   * Three processes, called a, b and c, seed 1, honest clocks.
   *
   * @param main what each process does when its actor system is there, at every start
   */
  public static ApplicationTestKit of(Consumer<ActorSystem<?>> main) {
    return new ApplicationTestKit(name -> Behaviors.empty(), main);
  }

  /**
   * The same for an application whose guardian starts all.
   *
   * @param guardian of the process with that name; asked at every start
   */
  public static ApplicationTestKit ofGuardian(Function<String, ? extends Behavior<?>> guardian) {
    return new ApplicationTestKit(guardian, system -> {});
  }

  private ApplicationTestKit copy() {
    ApplicationTestKit copy = new ApplicationTestKit(guardian, started);
    copy.size = size;
    copy.seed = seed;
    copy.replay = replay;
    copy.drift = drift;
    copy.config = config;
    copy.setup = setup;
    return copy;
  }

  /**
   * @param count processes, called a, b, c…; 1 to 9
   */
  public ApplicationTestKit processes(int count) {
    if (count < 1 || count > 9) {
      throw new IllegalArgumentException("there are 1 to 9 processes, not " + count);
    }
    ApplicationTestKit copy = copy();
    copy.size = count;
    return copy;
  }

  /** Timeouts, message delays, the order of mailboxes and random faults all follow from it. */
  public ApplicationTestKit seed(long number) {
    ApplicationTestKit copy = copy();
    copy.seed = number;
    return copy;
  }

  public long seed() {
    return seed;
  }

  /**
   * @param command how a person runs this seed again; told when the run fails
   */
  public ApplicationTestKit replayedBy(String command) {
    ApplicationTestKit copy = copy();
    copy.replay = command;
    return copy;
  }

  /** Clocks that run too fast or too slow, each in its own way, by this fraction at most. */
  public ApplicationTestKit drift(double fraction) {
    if (!(fraction >= 0 && fraction < 0.5)) {
      throw new IllegalArgumentException("a drift is at least 0 and below 0.5, not " + fraction);
    }
    ApplicationTestKit copy = copy();
    copy.drift = fraction;
    return copy;
  }

  /**
   * Configuration of the actor systems, above the {@code application.conf} that is found as usual.
   * Who is who below {@code pekko-raft.node} is said by the kit already.
   *
   * @param hocon as in a file
   */
  public ApplicationTestKit config(String hocon) {
    ApplicationTestKit copy = copy();
    copy.config = ConfigFactory.parseString(hocon).withFallback(config);
    return copy;
  }

  /** What else the actor systems are created with. */
  public ApplicationTestKit setup(ActorSystemSetup more) {
    ApplicationTestKit copy = copy();
    copy.setup = more;
    return copy;
  }

  /** Makes the machines and starts a process on each. */
  public ApplicationCluster start() {
    VirtualWorld world =
        VirtualWorld.of(seed, replay.isEmpty() ? "ApplicationTestKit seed " + seed : replay);
    ApplicationCluster cluster =
        new ApplicationCluster(world, size, drift, config, setup, guardian, started);
    cluster.names().forEach(cluster::start);
    return cluster;
  }
}

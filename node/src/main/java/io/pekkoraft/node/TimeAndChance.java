package io.pekkoraft.node;

import java.security.SecureRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.setup.Setup;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * The clock and the random numbers of all that pekko-raft runs in an actor system: those of the
 * process, unless the system was created with others, as a simulation does:
 *
 * <pre>{@code
 * ActorSystem.create(guardian, name, BootstrapSetup.create(config).and(new TimeAndChance(clock, random)));
 * }</pre>
 *
 * <p>Timers are Pekko's: whoever gives another clock gives a scheduler ({@code
 * pekko.scheduler.implementation}) that keeps the same time. Safe to use from any thread, as far as
 * what it was made of is.
 */
public final class TimeAndChance extends Setup {
  private static final TimeAndChance OF_THE_PROCESS =
      new TimeAndChance(System::nanoTime, new SecureRandom());

  private final LongSupplier monotonicNanos;
  private final RandomGenerator random;

  /**
   * @param monotonicNanos as {@link System#nanoTime}: not a wall clock, which may jump
   * @param random from which identities and seeds are drawn; in production nobody else's
   */
  public TimeAndChance(LongSupplier monotonicNanos, RandomGenerator random) {
    this.monotonicNanos = monotonicNanos;
    this.random = random;
  }

  /** What {@code system} was created with. Look it up once, it costs more than asking the clock. */
  public static TimeAndChance of(ActorSystem<?> system) {
    return system.settings().setup().get(TimeAndChance.class).orElse(OF_THE_PROCESS);
  }

  /** Nanoseconds since some instant, which may be negative. */
  public long monotonicNanos() {
    return monotonicNanos.getAsLong();
  }

  public RandomGenerator random() {
    return random;
  }

  /** A random number for a start of a process or a member: never 0, which stands for none. */
  public long newLife() {
    long life;
    do {
      life = random.nextLong();
    } while (life == 0);
    return life;
  }
}

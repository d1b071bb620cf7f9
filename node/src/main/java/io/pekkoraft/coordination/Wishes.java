package io.pekkoraft.coordination;

import java.util.List;

/**
 * All that a session wants, and says of itself. The leader keeps it in memory only, and every
 * session tells it again to a new leader.
 *
 * @param offers names it is ready to host
 * @param released what the table may still say it holds, but it has stopped and never uses again
 * @param acting instances that can be reached
 * @param watching names whose instance it wants to know
 * @param acquiring leases it asks for
 * @param leaving true if it shall be given nothing more
 */
public record Wishes(
    List<String> offers,
    List<Grant> released,
    List<Instance> acting,
    List<String> watching,
    List<Acquisition> acquiring,
    boolean leaving) {

  static final Wishes NONE =
      new Wishes(List.of(), List.of(), List.of(), List.of(), List.of(), false);

  /** Keeps copies. */
  public Wishes {
    offers = List.copyOf(offers);
    released = List.copyOf(released);
    acting = List.copyOf(acting);
    watching = List.copyOf(watching);
    acquiring = List.copyOf(acquiring);
  }

  /** A name as it was given once. */
  public record Grant(String name, long token) {}

  /** Where a name acts: the path of an actor, complete with its address; empty if nowhere. */
  public record Instance(String name, long token, String path) {}

  /** A lease that is asked for. */
  public record Acquisition(String name, String owner, long timeToLiveNanos) {
    /**
     * @throws IllegalArgumentException if it cannot be granted
     */
    public Acquisition {
      CoordinationLimits.checkName(name);
      CoordinationLimits.checkOwner(owner);
      CoordinationLimits.checkTimeToLive(timeToLiveNanos);
    }
  }
}

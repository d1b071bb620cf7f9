package io.pekkoraft.singleton;

import java.util.Optional;
import org.apache.pekko.actor.typed.ActorSystem;

/** How one singleton is hosted and reached by this process. Immutable. */
public final class RaftSingletonSettings {
  private final Optional<String> role;
  private final int bufferSize;

  private RaftSingletonSettings(Optional<String> role, int bufferSize) {
    this.role = role;
    this.bufferSize = bufferSize;
  }

  /**
   * From {@code pekko-raft.singleton} of the system's configuration; for any role.
   *
   * @throws IllegalArgumentException if a value there cannot be used; it names the key
   */
  public static RaftSingletonSettings create(ActorSystem<?> system) {
    return SingletonConfiguration.of(system).settings();
  }

  static RaftSingletonSettings of(int bufferSize) {
    return new RaftSingletonSettings(Optional.empty(), bufferSize);
  }

  /**
   * Only processes with this role host an instance: one of {@code pekko.cluster.roles} or {@code
   * pekko-raft.singleton.roles}. All others have a proxy.
   */
  public RaftSingletonSettings withRole(String newRole) {
    return new RaftSingletonSettings(Optional.of(newRole), bufferSize);
  }

  /** Every process that calls {@link RaftSingleton#init} may host the instance. */
  public RaftSingletonSettings withNoRole() {
    return new RaftSingletonSettings(Optional.empty(), bufferSize);
  }

  /**
   * @param newSize how many messages wait in the proxy while nobody acts, and again as many in a
   *     paused instance; the oldest are dropped; 0 keeps none
   */
  public RaftSingletonSettings withBufferSize(int newSize) {
    if (newSize < 0) {
      throw new IllegalArgumentException(
          "the buffer of a singleton's proxy cannot have " + newSize + " places");
    }
    return new RaftSingletonSettings(role, newSize);
  }

  public Optional<String> role() {
    return role;
  }

  public int bufferSize() {
    return bufferSize;
  }

  @Override
  public String toString() {
    return "RaftSingletonSettings(role " + role.orElse("any") + ", buffer " + bufferSize + ")";
  }
}

package io.pekkoraft.singleton;

import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.ClusterSingletonSettings;
import org.apache.pekko.cluster.typed.ClusterSingletonSetup;
import org.apache.pekko.cluster.typed.SingletonActor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.jdk.javaapi.OptionConverters;

/**
 * Serves {@code ClusterSingleton.get(system).init(...)} of an existing application by {@link
 * RaftSingleton}: give {@link #setup} to the creation of the actor system, and change nothing else.
 * Pekko's classic {@code ClusterSingletonManager}, as its Sharding uses it, is not replaced.
 */
public final class RaftClusterSingleton extends ClusterSingleton {
  private static final Logger LOG = LoggerFactory.getLogger(RaftClusterSingleton.class);

  private final ActorSystem<?> system;

  private RaftClusterSingleton(ActorSystem<?> system) {
    this.system = system;
  }

  /**
   * For {@code ActorSystem.create(guardian, name,
   * ActorSystemSetup.create(BootstrapSetup.create(config), RaftClusterSingleton.setup()))}.
   */
  public static ClusterSingletonSetup setup() {
    return new ClusterSingletonSetup(RaftClusterSingleton::new);
  }

  /**
   * @throws IllegalArgumentException as {@link RaftSingleton#init}, but without a stop message the
   *     instance is stopped, as Pekko does; also if a data center other than this one is asked for
   */
  @Override
  public <M> ActorRef<M> init(SingletonActor<M> singleton) {
    RaftSingletonActor<M> ours =
        RaftSingletonActor.of(singleton.behavior(), singleton.name())
            .withProps(singleton.props())
            .withSettings(settings(singleton));
    Optional<M> stopMessage = OptionConverters.toJava(singleton.stopMessage());
    return RaftSingleton.get(system)
        .start(stopMessage.isPresent() ? ours.withStopMessage(stopMessage.get()) : ours);
  }

  private RaftSingletonSettings settings(SingletonActor<?> singleton) {
    Optional<ClusterSingletonSettings> given = OptionConverters.toJava(singleton.settings());
    ClusterSingletonSettings theirs =
        given.orElseGet(() -> ClusterSingletonSettings.create(system));
    refuseDataCenter(singleton.name(), theirs);
    if (theirs.leaseSettings().isDefined()) {
      LOG.warn(
          "Singleton '{}': the lease of its settings (or of pekko.cluster.singleton.use-lease) is"
              + " not used; the instance is leased by the coordination group.",
          singleton.name());
    }
    // Pekko's removal margin and retry intervals have no counterpart: nothing here waits for them.
    RaftSingletonSettings ours =
        RaftSingletonSettings.create(system).withBufferSize(theirs.bufferSize());
    Optional<String> role = OptionConverters.toJava(theirs.role());
    return role.isPresent() ? ours.withRole(role.get()) : ours;
  }

  private void refuseDataCenter(String name, ClusterSingletonSettings theirs) {
    Optional<String> dataCenter = OptionConverters.toJava(theirs.dataCenter());
    if (dataCenter.isEmpty()) {
      return;
    }
    String own =
        system.settings().config().getString("pekko.cluster.multi-data-center.self-data-center");
    if (!dataCenter.get().equals(own)) {
      throw new IllegalArgumentException(
          "singleton '"
              + name
              + "' is asked for in the data center '"
              + dataCenter.get()
              + "', but this node is in '"
              + own
              + "': a singleton belongs to the coordination group of this process, in whatever data"
              + " centers its members are. Leave the data center out of the settings (or"
              + " pekko.cluster.singleton-proxy.data-center).");
    }
    LOG.warn(
        "Singleton '{}': its data center '{}' is not used; there is one instance in the"
            + " coordination group, in whatever data centers its members are.",
        name,
        own);
  }
}

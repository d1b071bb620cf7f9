package io.pekkoraft.singleton;

import io.pekkoraft.cluster.OperatorException;
import io.pekkoraft.cluster.PekkoRaft;
import io.pekkoraft.node.TimeAndChance;
import io.pekkoraft.session.Session;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;

/**
 * Actors of which one instance acts at a time in all processes of a coordination group: in the
 * shape of Pekko's typed {@code ClusterSingleton}, without a downing strategy. What is promised,
 * and what is not, is in {@code docs/singleton.md}. Safe to use from any thread.
 */
public final class RaftSingleton implements Extension {
  private static final String INTERNAL_DISPATCHER = "pekko.actor.internal-dispatcher";

  private final ActorSystem<?> system;
  private final Session session;
  private final SingletonConfiguration configuration;
  private final Map<String, Started> started = new HashMap<>();

  private record Started(RaftSingletonSettings settings, ActorRef<Object> proxy, Tally tally) {}

  RaftSingleton(ActorSystem<?> system, Session session) {
    this.system = system;
    this.session = session;
    configuration = SingletonConfiguration.of(system);
  }

  /**
   * Of this actor system; starts what it rests on.
   *
   * @throws OperatorException if {@link PekkoRaft} cannot run as it is configured
   * @throws IllegalArgumentException if {@code pekko-raft.singleton} has a value that cannot be
   *     used; it names the key
   */
  public static RaftSingleton get(ActorSystem<?> system) {
    return Id.INSTANCE.apply(system);
  }

  /**
   * Offers to host the singleton, if this process has the role, and gives a proxy to it. Once per
   * process and name: later calls return the same proxy, and their behaviour is not used.
   *
   * @return takes messages for the instance wherever it is; lives as long as the actor system
   * @throws IllegalArgumentException if the name is not one of {@code pekko-raft.singleton.names},
   *     a stop message is required and missing, or the name was given before with another role
   */
  public <M> ActorRef<M> init(RaftSingletonActor<M> singleton) {
    if (configuration.requireStopMessage() && singleton.stopMessage().isEmpty()) {
      throw new IllegalArgumentException(
          "singleton '"
              + singleton.name()
              + "' has no stop message, by which it could finish its work before another node takes"
              + " over: give one by withStopMessage, or set "
              + SingletonConfiguration.ROOT
              + ".require-stop-message = off to have it stopped");
    }
    return start(singleton);
  }

  /** As {@link #init}, for those that Pekko allows to have no stop message. */
  synchronized <M> ActorRef<M> start(RaftSingletonActor<M> singleton) {
    configuration.checkListed(singleton.name());
    RaftSingletonSettings settings = singleton.settings().orElse(configuration.settings());
    Started before = started.get(singleton.name());
    if (before == null) {
      Started now = start(singleton, settings);
      started.put(singleton.name(), now);
      return now.proxy().narrow();
    }
    if (!before.settings().role().equals(settings.role())) {
      throw new IllegalArgumentException(
          "singleton '"
              + singleton.name()
              + "' was started here with the role "
              + before.settings().role().orElse("any")
              + ", and cannot have the role "
              + settings.role().orElse("any")
              + " too: give all calls of init for one name the same settings");
    }
    return before.proxy().narrow();
  }

  private <M> Started start(RaftSingletonActor<M> singleton, RaftSingletonSettings settings) {
    String name = singleton.name();
    String sessionName = "singleton/" + name;
    // As Pekko's own singletons: not on the dispatcher that the application may keep busy.
    DispatcherSelector dispatcher = DispatcherSelector.fromConfig(INTERNAL_DISPATCHER);
    Tally tally = new Tally(name, system, TimeAndChance.of(system)::monotonicNanos);
    int bufferSize = settings.bufferSize();
    ActorRef<Object> proxy =
        system.systemActorOf(
            SingletonProxy.create(name, bufferSize, tally),
            "pekko-raft-singleton-proxy-" + name,
            dispatcher);
    session.watch(sessionName, location -> proxy.tell(new SingletonProxy.Located(location)));
    if (configuration.hosts(settings)) {
      ActorRef<SingletonHost.Command> host =
          system.systemActorOf(
              SingletonHost.create(singleton, sessionName, session, proxy, bufferSize, tally),
              "pekko-raft-singleton-host-" + name,
              dispatcher);
      session.offer(sessionName, new SingletonHost.Told(host));
      tally.isOffered();
    }
    return new Started(settings, proxy, tally);
  }

  /** The singleton as this process sees it now; empty if it was never given to {@link #init}. */
  public synchronized Optional<SingletonStatus> status(String name) {
    return Optional.ofNullable(started.get(name)).map(one -> one.tally().status());
  }

  /** How Pekko finds the extension. */
  static final class Id extends ExtensionId<RaftSingleton> {
    static final Id INSTANCE = new Id();

    @Override
    public RaftSingleton createExtension(ActorSystem<?> system) {
      return new RaftSingleton(system, PekkoRaft.get(system).session());
    }
  }
}

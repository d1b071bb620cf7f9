package io.pekkoraft.session;

import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.coordination.CoordinationTable;
import io.pekkoraft.coordination.SessionId;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.node.RemotingCheck;
import io.pekkoraft.node.TimeAndChance;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.jspecify.annotations.Nullable;

/**
 * Starts this process's part of the coordination: a session, and beside a member its coordinator.
 */
public final class Coordination {
  private static final String DISPATCHER = "pekko-raft.dispatcher";

  private Coordination() {}

  /**
   * This process's member of the coordination group.
   *
   * @param table the state machine that the member was started with
   */
  public record Hosted(RaftGroup group, CoordinationTable table) {}

  /**
   * Starts it; once in an actor system, for each group.
   *
   * @param addresses of the members' actor systems, as they are known at present, as {@code
   *     pekko://system@host:port}; asked by any thread
   * @param hosted null in a client
   * @return the session; it lives as long as the actor system
   * @throws IllegalStateException if the system's remoting would lose messages; says what to set
   */
  public static Session start(
      ActorSystem<?> system,
      CoordinationSettings settings,
      Supplier<Map<NodeId, String>> addresses,
      @Nullable Hosted hosted) {
    RemotingCheck.check(system);
    String address =
        ((ExtendedActorSystem) Adapter.toClassic(system)).provider().getDefaultAddress().toString();
    if (hosted != null) {
      CoordinatorActor.start(system, settings, hosted.group(), hosted.table(), address);
    }
    TimeAndChance world = TimeAndChance.of(system);
    AtomicReference<@Nullable ActorRef<Object>> actor = new AtomicReference<>();
    LocalSession session =
        new LocalSession(
            new SessionId(address, world.newLife()),
            settings,
            world::monotonicNanos,
            () -> nudge(actor.get()));
    actor.set(
        system.systemActorOf(
            SessionActor.create(session, settings, () -> addresses.get().values()),
            settings.sessionName(),
            DispatcherSelector.fromConfig(DISPATCHER)));
    return session;
  }

  private static void nudge(@Nullable ActorRef<Object> actor) {
    if (actor != null) {
      actor.tell(SessionActor.Command.NUDGE);
    }
  }
}

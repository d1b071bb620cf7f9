package io.pekkoraft.singleton;

import io.pekkoraft.session.Session;
import java.util.OptionalLong;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;

/**
 * Hosts a singleton that this process offers to host: has a {@link Tenure} for each token that it
 * is assigned, never two whose instances run at the same time.
 */
final class SingletonHost<M> extends AbstractBehavior<SingletonHost.Command> {

  /** What happens to the name, as the session says, and to the tenure. */
  interface Command {}

  private record Assigned(long token) implements Command {}

  private record HandOver(long token) implements Command {}

  private record Lost(long token) implements Command {}

  private record LeaseChanged(long token) implements Command {}

  private static final long NONE = 0;

  private final RaftSingletonActor<M> singleton;
  private final String sessionName;
  private final Session session;
  private final Tenure.Local local;
  private @Nullable ActorRef<Object> tenure;
  private long token = NONE;
  private boolean running;
  private boolean handingOver;

  /** Assigned while the instance of an older token, lost, has not stopped yet. */
  private long nextToken = NONE;

  private SingletonHost(
      ActorContext<Command> context,
      RaftSingletonActor<M> singleton,
      String sessionName,
      Session session,
      Tenure.Local local) {
    super(context);
    this.singleton = singleton;
    this.sessionName = sessionName;
    this.session = session;
    this.local = local;
  }

  static <M> Behavior<Command> create(
      RaftSingletonActor<M> singleton,
      String sessionName,
      Session session,
      ActorRef<Object> proxy,
      int bufferSize,
      Tally tally) {
    return Behaviors.setup(
        context ->
            new SingletonHost<>(
                context,
                singleton,
                sessionName,
                session,
                new Tenure.Local(context.getSelf(), proxy, bufferSize, session::reason, tally)));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Assigned.class, assigned -> onAssigned(assigned.token()))
        .onMessage(HandOver.class, handOver -> onHandOver(handOver.token()))
        .onMessage(Lost.class, lost -> onLost(lost.token()))
        .onMessage(LeaseChanged.class, changed -> tell(changed.token(), Tenure.Command.LOOK))
        .onMessage(Tenure.Over.class, over -> onOver(over.token()))
        .build();
  }

  private Behavior<Command> onAssigned(long assigned) {
    if (running) {
      nextToken = assigned;
    } else {
      start(assigned);
    }
    return this;
  }

  private void start(long assigned) {
    token = assigned;
    running = true;
    handingOver = false;
    // Before the instance runs: it may ask, and so may whoever hears from it.
    local.tally().hosts(OptionalLong.of(assigned));
    ActorRef<Object> started =
        getContext()
            .spawn(
                Tenure.create(
                    singleton, assigned, () -> session.holds(sessionName, assigned), local),
                Long.toString(assigned));
    tenure = started;
    // Also if the tenure itself fails, which takes the instance with it.
    getContext().watchWith(started, new Tenure.Over(assigned));
    session.acting(
        sessionName,
        assigned,
        ActorRefResolver.get(getContext().getSystem()).toSerializationFormat(started));
  }

  private Behavior<Command> onHandOver(long asked) {
    if (asked == nextToken) {
      nextToken = NONE;
      session.released(sessionName, asked);
    } else if (asked == token) {
      if (!running) {
        session.released(sessionName, asked);
      }
      handingOver = true;
      tell(asked, Tenure.Command.HAND_OVER);
    }
    return this;
  }

  private Behavior<Command> onLost(long lost) {
    if (lost == nextToken) {
      nextToken = NONE;
    } else if (lost == token) {
      handingOver = false;
      tell(lost, Tenure.Command.LOST);
    }
    return this;
  }

  private Behavior<Command> tell(long to, Tenure.Command command) {
    if (to == token && tenure != null) {
      tenure.tell(command);
    }
    return this;
  }

  private Behavior<Command> onOver(long over) {
    if (over == token && running) {
      running = false;
      local.tally().hosts(OptionalLong.empty());
      if (handingOver) {
        session.released(sessionName, over);
      }
      if (nextToken != NONE) {
        long next = nextToken;
        nextToken = NONE;
        start(next);
      }
    }
    return this;
  }

  /** The session's callbacks, as messages. */
  record Told(ActorRef<Command> host) implements Session.Offer {
    @Override
    public void assigned(long token) {
      host.tell(new Assigned(token));
    }

    @Override
    public void handOver(long token) {
      host.tell(new HandOver(token));
    }

    @Override
    public void lost(long token) {
      host.tell(new Lost(token));
    }

    @Override
    public void lapsed(long token) {
      host.tell(new LeaseChanged(token));
    }

    @Override
    public void resumed(long token) {
      host.tell(new LeaseChanged(token));
    }
  }
}

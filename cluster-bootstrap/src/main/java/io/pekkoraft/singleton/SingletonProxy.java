package io.pekkoraft.singleton;

import io.pekkoraft.session.Session;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages for a singleton and sends each, as it is and once, to where the name acts; keeps
 * them while nobody is known to act. Never goes back to an older tenure.
 */
final class SingletonProxy extends AbstractBehavior<Object> {

  /** Where the name acts, as the session says. */
  record Located(Optional<Session.Location> location) {}

  /** Said by this process's own tenures: this one takes nothing any more. */
  record Ended(long token) {}

  private final String name;
  private final Tally tally;
  private final MessageBuffer buffer;
  private long newestToken;
  private boolean newestEnded;
  private @Nullable ActorRef<Object> tenure;

  private SingletonProxy(ActorContext<Object> context, String name, int bufferSize, Tally tally) {
    super(context);
    this.name = name;
    this.tally = tally;
    buffer = new MessageBuffer(bufferSize, message -> true, this::dropped);
  }

  static Behavior<Object> create(String name, int bufferSize, Tally tally) {
    return Behaviors.setup(context -> new SingletonProxy(context, name, bufferSize, tally));
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Located.class, this::onLocated)
        .onMessage(Ended.class, this::onEnded)
        .onAnyMessage(this::onMessage)
        .build();
  }

  private Behavior<Object> onMessage(Object message) {
    if (tenure != null) {
      tenure.tell(message);
    } else {
      tally.buffered(1);
      buffer.add(message);
    }
    return this;
  }

  private Behavior<Object> onLocated(Located located) {
    if (located.location().isEmpty()) {
      if (tenure != null) {
        forget("nobody is known to act");
      }
      return this;
    }
    Session.Location location = located.location().get();
    boolean old = location.token() < newestToken;
    boolean over = location.token() == newestToken && newestEnded;
    if (!old && !over) {
      send(location);
    }
    return this;
  }

  private void send(Session.Location location) {
    newestToken = location.token();
    newestEnded = false;
    ActorRef<Object> found =
        ActorRefResolver.get(getContext().getSystem()).resolveActorRef(location.actorPath());
    tenure = found;
    tally.actsAt(location.actorPath());
    getContext()
        .getLog()
        .info(
            "Singleton '{}' acts at {}, {} messages were waiting",
            name,
            location.actorPath(),
            buffer.size());
    buffer.drainTo(
        message -> {
          tally.buffered(-1);
          found.tell(message);
        });
  }

  private Behavior<Object> onEnded(Ended ended) {
    if (ended.token() >= newestToken) {
      newestToken = ended.token();
      newestEnded = true;
      forget("its instance here has ended");
    }
    return this;
  }

  private void forget(String why) {
    tenure = null;
    tally.actsAt(null);
    getContext().getLog().info("Singleton '{}': {}; messages wait until somebody acts", name, why);
  }

  private void dropped(Object message) {
    tally.buffered(-1);
    tally.dropped(message, "in the proxy", getContext().getSelf());
  }
}

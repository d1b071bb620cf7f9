package io.pekkoraft.testkit.fullstack;

import org.apache.pekko.actor.ActorPath;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorRefProvider;
import org.apache.pekko.actor.InternalActorRef;
import org.apache.pekko.dispatch.sysmsg.SystemMessage;
import org.jspecify.annotations.Nullable;
import scala.collection.Iterator;

/** An actor on another simulated machine: what it is told goes through the simulated network. */
final class DistantRef extends InternalActorRef {
  private static final long serialVersionUID = 1L;

  private final transient Life life;
  private final transient ActorRefProvider provider;
  private final transient ActorPath path;

  DistantRef(Life life, ActorRefProvider provider, ActorPath path) {
    this.life = life;
    this.provider = provider;
    this.path = path;
  }

  @Override
  public void $bang(Object message, @Nullable ActorRef sender) {
    life.send(path, message, sender);
  }

  @Override
  public void sendSystemMessage(SystemMessage message) {
    life.machine()
        .world()
        .problem(
            message.getClass().getSimpleName()
                + " of an actor on another machine is not simulated: "
                + path);
  }

  @Override
  public ActorPath path() {
    return path;
  }

  @Override
  public ActorRefProvider provider() {
    return provider;
  }

  @Override
  public InternalActorRef getParent() {
    return new DistantRef(life, provider, path.parent());
  }

  @Override
  public InternalActorRef getChild(Iterator<String> names) {
    ActorPath child = path;
    while (names.hasNext()) {
      String name = names.next();
      child = name.equals("..") ? child.parent() : child.child(name);
    }
    return new DistantRef(life, provider, child);
  }

  @Override
  public boolean isLocal() {
    return false;
  }

  @Override
  @Deprecated
  @SuppressWarnings("InlineMeSuggester") // Pekko asks it, and nobody is to call it
  public boolean isTerminated() {
    return false;
  }

  // Only a supervisor may do the following, and that is always on the actor's own machine.

  @Override
  public void start() {}

  @Override
  public void resume(Throwable cause) {}

  @Override
  public void suspend() {}

  @Override
  public void restart(Throwable cause) {}

  @Override
  public void stop() {}
}

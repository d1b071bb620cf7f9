package io.pekkoraft.testkit.fullstack;

import org.apache.pekko.actor.ActorPath;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ActorSystemImpl;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.DynamicAccess;
import org.apache.pekko.actor.LocalActorRefProvider;
import org.apache.pekko.actor.RootActorPath;
import org.apache.pekko.event.EventStream;
import org.apache.pekko.serialization.Serialization;
import scala.Option;

/**
 * References to actors of other simulated machines, as Pekko's remoting gives them: any code that
 * speaks to {@code pekko://system@host:port/...} works. Actors are not started on other machines,
 * and watching an actor of another one is not supported. Made by Pekko, from {@code
 * pekko.actor.provider}.
 */
public final class SimulatedRefProvider extends LocalActorRefProvider {
  private final Life life = Life.current();
  private final Address address = life.machine().address();
  private final String here = address.toString();

  /** Called by Pekko. */
  public SimulatedRefProvider(
      String systemName,
      ActorSystem.Settings settings,
      EventStream eventStream,
      DynamicAccess dynamicAccess) {
    super(systemName, settings, eventStream, dynamicAccess);
  }

  @Override
  public void init(ActorSystemImpl system) {
    super.init(system);
    life.attach(new Door(system, this));
  }

  private boolean isHere(Address other) {
    return other.equals(address) || other.equals(rootPath().address());
  }

  @Override
  public ActorRef resolveActorRef(String path) {
    if (path.startsWith(here + "/")) {
      return super.resolveActorRef(rootPath().address() + path.substring(here.length()));
    }
    return path.indexOf('@') < 0 ? super.resolveActorRef(path) : distant(path);
  }

  private ActorRef distant(String path) {
    try {
      return new DistantRef(life, this, ActorPath.fromString(path));
    } catch (IllegalArgumentException malformed) {
      return deadLetters();
    }
  }

  @Override
  public ActorRef resolveActorRef(ActorPath path) {
    return path.address().equals(rootPath().address())
        ? super.resolveActorRef(path)
        : resolveActorRef(path.toSerializationFormat());
  }

  @Override
  public ActorRef rootGuardianAt(Address other) {
    return isHere(other)
        ? rootGuardian()
        : new DistantRef(life, this, new RootActorPath(other, "/"));
  }

  @Override
  public Option<Address> getExternalAddressFor(Address other) {
    if (isHere(other)) {
      return Option.apply(rootPath().address());
    }
    return other.hasGlobalScope() ? Option.apply(address) : Option.empty();
  }

  @Override
  public Address getDefaultAddress() {
    return address;
  }

  @Override
  public Serialization.Information serializationInformation() {
    return new Serialization.Information(address, life.door().system());
  }
}

package io.pekkoraft.testkit.fullstack;

import java.util.function.Supplier;
import org.apache.pekko.actor.ActorPath;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSelection$;
import org.apache.pekko.actor.ActorSelectionMessage;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.InternalActorRef;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.Serialization$;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;
import org.jspecify.annotations.Nullable;

/** Where messages leave and enter an actor system, as bytes, by its real serialization. */
final class Door {
  private final ExtendedActorSystem system;
  private final SimulatedRefProvider provider;
  private @Nullable Serialization serialization;

  Door(ExtendedActorSystem system, SimulatedRefProvider provider) {
    this.system = system;
    this.provider = provider;
  }

  ExtendedActorSystem system() {
    return system;
  }

  private Serialization serialization() {
    Serialization known = serialization;
    if (known == null) {
      known = SerializationExtension.get(system);
      serialization = known;
    }
    return known;
  }

  private <T> T withAddress(Supplier<T> code) {
    return Serialization$.MODULE$.withTransportInformation(system, code::get);
  }

  Parcel wrap(ActorPath recipient, Object message, @Nullable ActorRef sender) {
    return withAddress(
        () -> {
          Serializer serializer = serialization().findSerializerFor(message);
          return new Parcel(
              recipient.toSerializationFormat(),
              sender == null ? null : Serialization.serializedActorPath(sender),
              serializer.identifier(),
              Serializers.manifestFor(serializer, message),
              serialization().serialize(message).get());
        });
  }

  Object read(Parcel parcel) {
    return withAddress(
        () ->
            serialization()
                .deserialize(parcel.bytes(), parcel.serializerId(), parcel.manifest())
                .get());
  }

  /**
   * @param message what is made of the parcel's bytes
   */
  void deliver(Parcel parcel, Object message) {
    String from = parcel.sender();
    ActorRef sender = from == null ? ActorRef.noSender() : provider.resolveActorRef(from);
    ActorRef recipient = provider.resolveActorRef(parcel.recipient());
    if (message instanceof ActorSelectionMessage selection) {
      ActorSelection$.MODULE$.deliverSelection((InternalActorRef) recipient, sender, selection);
    } else {
      recipient.tell(message, sender);
    }
  }
}

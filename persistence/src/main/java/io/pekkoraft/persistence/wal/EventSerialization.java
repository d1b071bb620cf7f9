package io.pekkoraft.persistence.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.Tagged;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.OptionConverters;

/**
 * Turns Pekko's events into records and back, with the serializers that the application has
 * configured. Tags go into the record; a persistent actor that is recovered gets its event without
 * them, as from any journal of Pekko.
 */
final class EventSerialization {
  private final Serialization serialization;

  EventSerialization(ExtendedActorSystem system) {
    this.serialization = SerializationExtension.get(system);
  }

  /** Throws whatever the serializer throws: then this event is rejected. */
  EventRecord toRecord(PersistentRepr event) {
    Object payload = event.payload();
    if (payload instanceof Tagged tagged) {
      EventRecord untagged = toRecord(event.withPayload(tagged.payload()));
      return untagged.tagged(CollectionConverters.asJava(tagged.tags()));
    }
    Optional<Object> metadata = OptionConverters.toJava(event.metadata());
    return EventRecord.of(
        event.persistenceId(),
        event.sequenceNr(),
        event.timestamp(),
        event.manifest(),
        event.writerUuid(),
        serialize(payload),
        metadata.map(this::serialize).orElse(null));
  }

  private Payload serialize(Object object) {
    Serializer serializer = serialization.findSerializerFor(object);
    byte[] bytes = serialization.serialize(object).get();
    return Payload.of(serializer.identifier(), Serializers.manifestFor(serializer, object), bytes);
  }

  PersistentRepr fromRecord(EventRecord record) {
    PersistentRepr event =
        PersistentRepr.apply(
                deserialize(record.payload()),
                record.sequenceNr(),
                record.persistenceId(),
                new String(record.manifest(), UTF_8),
                false,
                ActorRef.noSender(),
                new String(record.writerUuid(), UTF_8))
            .withTimestamp(record.timestamp());
    @Nullable Payload metadata = record.metadata();
    return metadata == null ? event : event.withMetadata(deserialize(metadata));
  }

  private Object deserialize(Payload payload) {
    return serialization
        .deserialize(payload.bytes(), payload.serializerId(), payload.manifestText())
        .get();
  }
}

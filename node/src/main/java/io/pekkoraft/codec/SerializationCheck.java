package io.pekkoraft.codec;

import io.pekkoraft.log.JournalEvent;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.persistence.JournalSerializer;
import io.pekkoraft.persistence.StoredSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.serialization.JavaSerializer;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Looks, before a node starts, whether its types are bound to its serializers. A configuration that
 * binds them to another one, or leaves {@code reference.conf} out (a repackaged jar), would
 * otherwise show as silence between members.
 */
public final class SerializationCheck {

  private SerializationCheck() {}

  /**
   * @throws IllegalStateException if a type would go through another serializer; says which, and
   *     what to do
   */
  public static void check(ClassicActorSystemProvider system) {
    Serialization serialization = SerializationExtension.get(system);
    List<String> problems = new ArrayList<>();
    expected().forEach((type, serializer) -> look(serialization, type, serializer, problems));
    if (!problems.isEmpty()) {
      throw new IllegalStateException(
          "pekko-raft cannot run with this serialization: "
              + String.join("; ", problems)
              + ". Remove the bindings of these types from your configuration, and if the jars were"
              + " repackaged, make sure that all reference.conf files were merged");
    }
  }

  private static Map<Class<?>, Class<? extends SerializerWithStringManifest>> expected() {
    Map<Class<?>, Class<? extends SerializerWithStringManifest>> expected = new LinkedHashMap<>();
    expected.put(Envelope.class, EnvelopeSerializer.class);
    expected.put(JournalEvent.Founded.class, JournalSerializer.class);
    expected.put(JournalEvent.LogBatch.class, JournalSerializer.class);
    expected.put(StoredSnapshot.class, JournalSerializer.class);
    return expected;
  }

  private static void look(
      Serialization serialization,
      Class<?> type,
      Class<? extends SerializerWithStringManifest> wanted,
      List<String> problems) {
    try {
      Serializer found = serialization.serializerFor(type);
      if (found instanceof JavaSerializer) {
        problems.add(
            type.getName()
                + " would go through Java serialization (pekko.actor.allow-java-serialization is"
                + " on), which runs code that arrives");
      } else if (found.getClass() != wanted) {
        problems.add(
            type.getName()
                + " is bound to "
                + found.getClass().getName()
                + ", not to "
                + wanted.getName());
      } else if (serialization.serializerByIdentity().apply(found.identifier()) != found) {
        problems.add(
            "the identifier "
                + found.identifier()
                + " of "
                + wanted.getName()
                + " is also that of another serializer");
      }
    } catch (Exception e) {
      // Pekko throws a checked exception that its methods do not declare.
      problems.add(type.getName() + " has no serializer (" + e.getMessage() + ")");
    }
  }
}

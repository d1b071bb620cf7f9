package io.pekkoraft.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SerializationCheckTest {
  private @Nullable ActorSystem system;

  @AfterEach
  void stop() {
    if (system != null) {
      TestKit.shutdownActorSystem(system);
    }
  }

  @Test
  void the_reference_configuration_binds_all_types() {
    ActorSystem started = start("");

    SerializationCheck.check(started);
    Serialization serialization = SerializationExtension.get(started);
    Envelope sent = new Envelope(EnvelopeSerializerTest.HEADER, new Heartbeat(1, 2, 3, 0));
    byte[] bytes = serialization.serialize(sent).get();
    assertThat(serialization.deserialize(bytes, new EnvelopeSerializer().identifier(), "R").get())
        .isEqualTo(sent);
  }

  @Test
  void java_serialization_may_be_on_for_other_types() {
    SerializationCheck.check(start("pekko.actor.allow-java-serialization = on"));
  }

  @Test
  void a_type_on_java_serialization_is_refused() {
    ActorSystem started =
        start(
            """
            pekko.actor {
              allow-java-serialization = on
              serialization-bindings."io.pekkoraft.message.NodeCommand$Envelope" = java
            }
            """);

    assertThatThrownBy(() -> SerializationCheck.check(started))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Envelope would go through Java serialization");
  }

  @Test
  void a_type_without_or_with_another_serializer_is_refused() {
    ActorSystem started =
        start(
            """
            pekko.actor {
              serializers.bytes = "org.apache.pekko.serialization.ByteArraySerializer"
              serialization-bindings."io.pekkoraft.message.NodeCommand$Envelope" = none
              serialization-bindings."io.pekkoraft.log.JournalEvent" = bytes
            }
            """);

    assertThatThrownBy(() -> SerializationCheck.check(started))
        .hasMessageContaining("Envelope has no serializer")
        .hasMessageContaining("LogBatch is bound to")
        .hasMessageContaining("ByteArraySerializer")
        .hasMessageContaining("reference.conf");
  }

  private ActorSystem start(String config) {
    ActorSystem started =
        ActorSystem.create(
            "check",
            ConfigFactory.parseString("pekko.loglevel = OFF\n" + config)
                .withFallback(ConfigFactory.load()));
    system = started;
    return started;
  }
}

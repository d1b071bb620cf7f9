package io.pekkoraft.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.remote.artery.QuarantinedEvent;
import org.apache.pekko.remote.artery.ThisActorSystemQuarantinedEvent;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.Test;

/** What cannot be read costs the receiver that message, not the actor and not the connection. */
class OverArteryTest {

  /** Bytes to be sent as if they were a message. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Garbage(byte[] bytes) {}

  /** Takes the place of the real serializer at a sender that does not play by the rules. */
  public static final class GarbageSerializer extends SerializerWithStringManifest {
    private final EnvelopeSerializer real = new EnvelopeSerializer();

    @Override
    public int identifier() {
      return real.identifier();
    }

    @Override
    public String manifest(Object message) {
      return real.manifest(message);
    }

    @Override
    public byte[] toBinary(Object message) {
      return message instanceof Garbage garbage ? garbage.bytes() : real.toBinary(message);
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
      return real.fromBinary(bytes, manifest);
    }
  }

  @Test
  void messages_arrive_and_hostile_bytes_between_them_do_not() throws IOException {
    ActorSystem receiving = ActorSystem.create("receiving", config(""));
    ActorSystem sending =
        ActorSystem.create(
            "sending",
            config(
                """
                pekko.actor {
                  serializers.pekko-raft-messages =
                    "io.pekkoraft.codec.OverArteryTest$GarbageSerializer"
                  serialization-bindings."io.pekkoraft.codec.OverArteryTest$Garbage" =
                    pekko-raft-messages
                }
                """));
    try {
      TestKit receiver = new TestKit(receiving);
      receiving.eventStream().subscribe(receiver.getRef(), QuarantinedEvent.class);
      receiving.eventStream().subscribe(receiver.getRef(), ThisActorSystemQuarantinedEvent.class);
      ActorRef remote = resolve(sending, receiving, receiver.getRef());

      Envelope first = new Envelope(EnvelopeSerializerTest.HEADER, new Heartbeat(1, 2, 3, 0));
      remote.tell(first, ActorRef.noSender());
      assertThat(receiver.expectMsgClass(Envelope.class)).isEqualTo(first);

      hostile(new EnvelopeSerializer().toBinary(first))
          .forEach(bytes -> remote.tell(new Garbage(bytes), ActorRef.noSender()));
      Envelope last = new Envelope(EnvelopeSerializerTest.HEADER, new Heartbeat(4, 5, 6, 0));
      remote.tell(last, ActorRef.noSender());
      assertThat(receiver.receiveOne(Duration.ofSeconds(20))).isEqualTo(last);
    } finally {
      TestKit.shutdownActorSystem(sending);
      TestKit.shutdownActorSystem(receiving);
    }
  }

  private static List<byte[]> hostile(byte[] valid) throws IOException {
    List<byte[]> hostile = new ArrayList<>();
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(object)) {
      out.writeObject(new ArrayList<>(List.of("a")));
    }
    hostile.add(object.toByteArray());
    hostile.add(new byte[0]);
    hostile.add("java.lang.Runtime".getBytes(StandardCharsets.US_ASCII));
    byte[] newer = valid.clone();
    newer[1] = 2;
    hostile.add(newer);
    Random random = new Random(3);
    for (int i = 0; i < 500; i++) {
      byte[] mutated = valid.clone();
      mutated[random.nextInt(mutated.length)] ^= (byte) (1 << random.nextInt(8));
      hostile.add(mutated);
    }
    return hostile;
  }

  private static ActorRef resolve(ActorSystem from, ActorSystem owner, ActorRef ref) {
    String path =
        ref.path()
            .toSerializationFormatWithAddress(
                ((ExtendedActorSystem) owner).provider().getDefaultAddress());
    return ((ExtendedActorSystem) from).provider().resolveActorRef(path);
  }

  private static Config config(String more) {
    return ConfigFactory.parseString(
            """
            pekko {
              loglevel = OFF
              actor.provider = remote
              remote.artery {
                transport = tcp
                canonical { hostname = "127.0.0.1", port = 0 }
              }
            }
            """
                + more)
        .withFallback(ConfigFactory.load());
  }
}

package io.pekkoraft.singleton.example;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/** The application's own: messages to a singleton travel as all its other messages do. */
public final class InvoiceSerializer extends SerializerWithStringManifest {
  private static final String NEXT = "next";
  private static final String ISSUED = "issued";

  private final ActorRefResolver refs;

  /** Called by Pekko. */
  public InvoiceSerializer(ExtendedActorSystem system) {
    refs = ActorRefResolver.get(Adapter.toTyped(system));
  }

  @Override
  public int identifier() {
    return 4_711;
  }

  @Override
  public String manifest(Object message) {
    return message instanceof InvoiceNumbers.Next ? NEXT : ISSUED;
  }

  @Override
  public byte[] toBinary(Object message) {
    if (message instanceof InvoiceNumbers.Next next) {
      return refs.toSerializationFormat(next.replyTo()).getBytes(StandardCharsets.UTF_8);
    }
    if (message instanceof InvoiceNumbers.Issued issued) {
      return ByteBuffer.allocate(Long.BYTES).putLong(issued.number()).array();
    }
    throw new IllegalArgumentException("not a message between nodes: " + message);
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) {
    return switch (manifest) {
      case NEXT ->
          new InvoiceNumbers.Next(refs.resolveActorRef(new String(bytes, StandardCharsets.UTF_8)));
      case ISSUED -> new InvoiceNumbers.Issued(ByteBuffer.wrap(bytes).getLong());
      default -> throw new IllegalArgumentException("unknown manifest " + manifest);
    };
  }
}

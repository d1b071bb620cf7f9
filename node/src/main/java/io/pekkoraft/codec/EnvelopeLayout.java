package io.pekkoraft.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;

/** An envelope: the header, the number of the message's type, its fields. */
final class EnvelopeLayout extends Serializer<Envelope> {
  private final HeaderLayout headers = new HeaderLayout();

  EnvelopeLayout() {
    super(false, true);
  }

  @Override
  public void write(Kryo kryo, Output output, Envelope envelope) {
    headers.write(output, envelope.header());
    kryo.writeClassAndObject(output, envelope.message());
  }

  @Override
  public Envelope read(Kryo kryo, Input input, Class<? extends Envelope> type) {
    return new Envelope(headers.read(input), WireTypes.read(kryo, input, PeerMessage.class));
  }
}

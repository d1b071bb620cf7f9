package io.pekkoraft.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.layout.Fields;
import io.pekkoraft.layout.Limits;
import io.pekkoraft.message.Bytes;
import io.pekkoraft.message.PeerMessage.ForwardProposal;
import io.pekkoraft.message.PeerMessage.ForwardReply;

/** The messages by which a member hands a client's command to the leader. */
final class ForwardSerializers {

  private ForwardSerializers() {}

  /** Term, request number, command. */
  static final class OfProposal extends MessageSerializer<ForwardProposal> {
    @Override
    void write(Output output, ForwardProposal forward) {
      Fields.writeCounter(output, "term", forward.term());
      Fields.writeCounter(output, "request", forward.requestId());
      Fields.writeBytes(output, "command", forward.command().array(), Limits.MAX_FRAME_BYTES);
    }

    @Override
    ForwardProposal read(Input input) {
      long term = Fields.readCounter(input, "term");
      long requestId = Fields.readCounter(input, "request");
      byte[] command = Fields.readBytes(input, "command", Limits.MAX_FRAME_BYTES);
      return new ForwardProposal(term, requestId, new Bytes(command));
    }
  }

  /** Term, request number, number of the outcome's type, its fields. */
  static final class OfReply extends Serializer<ForwardReply> {
    OfReply() {
      super(false, true);
    }

    @Override
    public void write(Kryo kryo, Output output, ForwardReply reply) {
      Fields.writeCounter(output, "term", reply.term());
      Fields.writeCounter(output, "request", reply.requestId());
      kryo.writeClassAndObject(output, reply.outcome());
    }

    @Override
    public ForwardReply read(Kryo kryo, Input input, Class<? extends ForwardReply> type) {
      long term = Fields.readCounter(input, "term");
      long requestId = Fields.readCounter(input, "request");
      return new ForwardReply(term, requestId, WireTypes.read(kryo, input, Outcome.class));
    }
  }
}

package io.pekkoraft.codec;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import io.pekkoraft.layout.Fields;
import io.pekkoraft.layout.LogValues;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.message.PeerMessage.OtherLife;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.message.PeerMessage.PreVoteRequest;
import io.pekkoraft.message.PeerMessage.TimeoutNow;
import io.pekkoraft.message.PeerMessage.VoteReply;
import io.pekkoraft.message.PeerMessage.VoteRequest;
import io.pekkoraft.message.VoteVerdict;

/** The messages of elections. */
final class ElectionSerializers {

  private ElectionSerializers() {}

  /** Term, round, position. */
  static final class OfPreVoteRequest extends MessageSerializer<PreVoteRequest> {
    @Override
    void write(Output output, PreVoteRequest request) {
      Fields.writeCounter(output, "term", request.term());
      Fields.writeCounter(output, "round", request.round());
      LogValues.writePosition(output, request.last());
    }

    @Override
    PreVoteRequest read(Input input) {
      long term = Fields.readCounter(input, "term");
      long round = Fields.readCounter(input, "round");
      return new PreVoteRequest(term, round, LogValues.readPosition(input));
    }
  }

  /** Term, round, verdict (1 byte). */
  static final class OfPreVoteReply extends MessageSerializer<PreVoteReply> {
    @Override
    void write(Output output, PreVoteReply reply) {
      Fields.writeCounter(output, "term", reply.term());
      Fields.writeCounter(output, "round", reply.round());
      output.writeByte(reply.verdict().code());
    }

    @Override
    PreVoteReply read(Input input) {
      long term = Fields.readCounter(input, "term");
      long round = Fields.readCounter(input, "round");
      return new PreVoteReply(term, round, VoteVerdict.of(input.readByte()));
    }
  }

  /** Term, position, transfer. */
  static final class OfVoteRequest extends MessageSerializer<VoteRequest> {
    @Override
    void write(Output output, VoteRequest request) {
      Fields.writeCounter(output, "term", request.term());
      LogValues.writePosition(output, request.last());
      Fields.writeCounter(output, "transfer", request.transferId());
    }

    @Override
    VoteRequest read(Input input) {
      long term = Fields.readCounter(input, "term");
      LogPosition last = LogValues.readPosition(input);
      return new VoteRequest(term, last, Fields.readCounter(input, "transfer"));
    }
  }

  /** Term, transfer, position. */
  static final class OfTimeoutNow extends MessageSerializer<TimeoutNow> {
    @Override
    void write(Output output, TimeoutNow now) {
      Fields.writeCounter(output, "term", now.term());
      Fields.writeCounter(output, "transfer", now.transferId());
      LogValues.writePosition(output, now.last());
    }

    @Override
    TimeoutNow read(Input input) {
      long term = Fields.readCounter(input, "term");
      long transfer = Fields.readCounter(input, "transfer");
      return new TimeoutNow(term, transfer, LogValues.readPosition(input));
    }
  }

  /** Term, verdict (1 byte). */
  static final class OfVoteReply extends MessageSerializer<VoteReply> {
    @Override
    void write(Output output, VoteReply reply) {
      Fields.writeCounter(output, "term", reply.term());
      output.writeByte(reply.verdict().code());
    }

    @Override
    VoteReply read(Input input) {
      long term = Fields.readCounter(input, "term");
      return new VoteReply(term, VoteVerdict.of(input.readByte()));
    }
  }

  /** Term. */
  static final class OfOtherLife extends MessageSerializer<OtherLife> {
    @Override
    void write(Output output, OtherLife notice) {
      Fields.writeCounter(output, "term", notice.term());
    }

    @Override
    OtherLife read(Input input) {
      return new OtherLife(Fields.readCounter(input, "term"));
    }
  }
}

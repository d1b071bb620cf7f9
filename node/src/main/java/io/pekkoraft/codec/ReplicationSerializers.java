package io.pekkoraft.codec;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import io.pekkoraft.layout.EntryRun;
import io.pekkoraft.layout.Fields;
import io.pekkoraft.layout.LogValues;
import io.pekkoraft.log.EntrySlice;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.HeartbeatReply;
import java.util.List;

/** The messages between a leader and its followers. Clocks are written in full (8 bytes). */
final class ReplicationSerializers {

  private ReplicationSerializers() {}

  /** Term, commit index, clock, transfer. */
  static final class OfHeartbeat extends MessageSerializer<Heartbeat> {
    @Override
    void write(Output output, Heartbeat heartbeat) {
      Fields.writeCounter(output, "term", heartbeat.term());
      Fields.writeCounter(output, "commit index", heartbeat.commitIndex());
      output.writeLong(heartbeat.sentNanos());
      Fields.writeCounter(output, "transfer", heartbeat.transferId());
    }

    @Override
    Heartbeat read(Input input) {
      long term = Fields.readCounter(input, "term");
      long commitIndex = Fields.readCounter(input, "commit index");
      long sentNanos = input.readLong();
      return new Heartbeat(term, commitIndex, sentNanos, Fields.readCounter(input, "transfer"));
    }
  }

  /** Term, clock, match index, last index. */
  static final class OfHeartbeatReply extends MessageSerializer<HeartbeatReply> {
    @Override
    void write(Output output, HeartbeatReply reply) {
      Fields.writeCounter(output, "term", reply.term());
      output.writeLong(reply.sentNanos());
      Fields.writeCounter(output, "match index", reply.matchIndex());
      Fields.writeCounter(output, "last index", reply.lastIndex());
    }

    @Override
    HeartbeatReply read(Input input) {
      long term = Fields.readCounter(input, "term");
      long sentNanos = input.readLong();
      long matchIndex = Fields.readCounter(input, "match index");
      return new HeartbeatReply(
          term, sentNanos, matchIndex, Fields.readCounter(input, "last index"));
    }
  }

  /**
   * Term, commit index, clock, transfer, position and chain hash (8 bytes) before the run, the run.
   */
  static final class OfAppendEntries extends MessageSerializer<AppendEntries> {
    @Override
    void write(Output output, AppendEntries append) {
      EntrySlice slice = append.slice();
      LogPosition previous = slice.previous();
      Fields.writeCounter(output, "term", append.term());
      Fields.writeCounter(output, "commit index", append.commitIndex());
      output.writeLong(append.sentNanos());
      Fields.writeCounter(output, "transfer", append.transferId());
      LogValues.writePosition(output, previous);
      output.writeLong(slice.previousHash());
      EntryRun.write(
          output, previous.index(), previous.term(), slice.previousHash(), slice.entries());
    }

    @Override
    AppendEntries read(Input input) {
      long term = Fields.readCounter(input, "term");
      long commitIndex = Fields.readCounter(input, "commit index");
      long sentNanos = input.readLong();
      long transferId = Fields.readCounter(input, "transfer");
      LogPosition previous = LogValues.readPosition(input);
      long hash = input.readLong();
      List<LogEntry> entries = EntryRun.read(input, previous.index(), previous.term(), hash);
      return new AppendEntries(
          term, new EntrySlice(previous, hash, entries), commitIndex, sentNanos, transferId);
    }
  }

  /** Term, clock, success (1 byte), previous index, index, conflict term. */
  static final class OfAppendReply extends MessageSerializer<AppendReply> {
    @Override
    void write(Output output, AppendReply reply) {
      Fields.writeCounter(output, "term", reply.term());
      output.writeLong(reply.sentNanos());
      Fields.writeBoolean(output, reply.success());
      Fields.writeCounter(output, "previous index", reply.previousIndex());
      Fields.writeCounter(output, "index", reply.index());
      Fields.writeCounter(output, "conflict term", reply.conflictTerm());
    }

    @Override
    AppendReply read(Input input) {
      long term = Fields.readCounter(input, "term");
      long sentNanos = input.readLong();
      boolean success = Fields.readBoolean(input, "success");
      long previousIndex = Fields.readCounter(input, "previous index");
      long index = Fields.readCounter(input, "index");
      long conflictTerm = Fields.readCounter(input, "conflict term");
      return new AppendReply(term, sentNanos, success, previousIndex, index, conflictTerm);
    }
  }
}

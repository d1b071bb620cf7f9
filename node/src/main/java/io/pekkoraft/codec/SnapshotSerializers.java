package io.pekkoraft.codec;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import io.pekkoraft.layout.Fields;
import io.pekkoraft.layout.Limits;
import io.pekkoraft.layout.LogValues;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.Bytes;
import io.pekkoraft.message.PeerMessage.InstallSnapshot;
import io.pekkoraft.message.PeerMessage.InstallSnapshotReply;

/** The messages by which a snapshot is handed over. */
final class SnapshotSerializers {

  private SnapshotSerializers() {}

  /** Term, snapshot, offset, clock (8 bytes), transfer, bytes. */
  static final class OfInstall extends MessageSerializer<InstallSnapshot> {
    @Override
    void write(Output output, InstallSnapshot install) {
      Fields.writeCounter(output, "term", install.term());
      LogValues.writeSnapshot(output, install.snapshot());
      Fields.writeCounter(output, "offset", install.offset());
      output.writeLong(install.sentNanos());
      Fields.writeCounter(output, "transfer", install.transferId());
      Fields.writeBytes(output, "part", install.bytes().array(), Limits.MAX_FRAME_BYTES);
    }

    @Override
    InstallSnapshot read(Input input) {
      long term = Fields.readCounter(input, "term");
      SnapshotDescriptor snapshot = LogValues.readSnapshot(input);
      long offset = Fields.readCounter(input, "offset");
      long sentNanos = input.readLong();
      long transferId = Fields.readCounter(input, "transfer");
      Bytes bytes = new Bytes(Fields.readBytes(input, "part", Limits.MAX_FRAME_BYTES));
      return new InstallSnapshot(term, snapshot, offset, bytes, sentNanos, transferId);
    }
  }

  /** Term, clock (8 bytes), snapshot index, next offset, done (1 byte). */
  static final class OfInstallReply extends MessageSerializer<InstallSnapshotReply> {
    @Override
    void write(Output output, InstallSnapshotReply reply) {
      Fields.writeCounter(output, "term", reply.term());
      output.writeLong(reply.sentNanos());
      Fields.writeCounter(output, "snapshot index", reply.snapshotIndex());
      Fields.writeCounter(output, "next offset", reply.nextOffset());
      Fields.writeBoolean(output, reply.done());
    }

    @Override
    InstallSnapshotReply read(Input input) {
      long term = Fields.readCounter(input, "term");
      long sentNanos = input.readLong();
      long snapshotIndex = Fields.readCounter(input, "snapshot index");
      long nextOffset = Fields.readCounter(input, "next offset");
      boolean done = Fields.readBoolean(input, "done");
      return new InstallSnapshotReply(term, sentNanos, snapshotIndex, nextOffset, done);
    }
  }
}

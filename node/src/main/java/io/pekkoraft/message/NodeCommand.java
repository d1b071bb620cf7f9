package io.pekkoraft.message;

import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.api.TransferOutcome;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.persistence.RecoveredLog;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All that a role can be handed: messages of peers, timers, answers of the node's own helpers,
 * requests of clients.
 */
public sealed interface NodeCommand {

  <R> R accept(Visitor<R> visitor);

  /** One method per command, so that a forgotten one does not compile. */
  interface Visitor<R> {
    R onEnvelope(Envelope envelope);

    R onTimeout(Timeout timeout);

    R onRecovered(Recovered recovered);

    R onPersisted(Persisted persisted);

    R onStorageFailed(StorageFailed failed);

    R onProposals(Proposals proposals);

    R onApplied(Applied applied);

    R onStateMachineFailed(StateMachineFailed failed);

    R onSnapshotTaken(SnapshotTaken taken);

    R onSnapshotNotTaken(SnapshotNotTaken notTaken);

    R onSnapshotPartRead(SnapshotPartRead read);

    R onSnapshotPartStored(SnapshotPartStored stored);

    R onTransferLeadership(TransferLeadership transfer);

    R onGetStatus(GetStatus get);
  }

  /** A message of a peer and who sent it to whom. */
  record Envelope(Header header, PeerMessage message) implements NodeCommand {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onEnvelope(this);
    }
  }

  /**
   * The timers of a node; each is a message that it schedules for itself. Arming one again replaces
   * it.
   */
  enum Timeout implements NodeCommand {
    /** A follower has not heard a leader, or a round of asking has run out. */
    ELECTION,
    /** The leader speaks to its followers and looks whether it still has its quorum. */
    HEARTBEAT,
    /** A leadership transfer has not succeeded in its time. */
    TRANSFER;

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onTimeout(this);
    }
  }

  /**
   * Asks for a leadership transfer (thesis 3.10); answered by the leader only, when it has ended.
   *
   * @param to a voter, or null for the one that is best prepared
   * @param deadlineNanos the node's clock when the answer is worth nothing any more
   * @param replyTo called at most once, in the node's actor; must not block
   */
  record TransferLeadership(
      @Nullable NodeId to, long deadlineNanos, Consumer<TransferOutcome> replyTo)
      implements NodeCommand {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onTransferLeadership(this);
    }
  }

  /** The journal has been read. */
  record Recovered(RecoveredLog log) implements NodeCommand {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onRecovered(this);
    }
  }

  /** The batch with this ticket, and all before it, are durable. */
  record Persisted(long ticket) implements NodeCommand {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onPersisted(this);
    }
  }

  /** The journal or the snapshot files failed; what was not confirmed may or may not be stored. */
  record StorageFailed(Throwable cause) implements NodeCommand {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onStorageFailed(this);
    }
  }

  /** Requests of clients: those given, or as many as the gate lets through when this is handled. */
  final class Proposals implements NodeCommand {
    private final Supplier<List<ClientRequest>> source;
    private @Nullable List<ClientRequest> drawn;

    public Proposals(List<ClientRequest> requests) {
      this(() -> requests);
    }

    /**
     * @param source asked once, in the node's actor
     */
    public Proposals(Supplier<List<ClientRequest>> source) {
      this.source = source;
    }

    public List<ClientRequest> requests() {
      if (drawn == null) {
        drawn = source.get();
      }
      return drawn;
    }

    /** False if nobody has asked for them yet, and so it is not known which they are. */
    public boolean isDrawn() {
      return drawn != null;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onProposals(this);
    }

    /** How many there are, once that is known. */
    @Override
    public String toString() {
      return "Proposals[" + (drawn == null ? "not drawn yet" : drawn.size()) + "]";
    }
  }

  /** The state machine has applied all entries up to this index. */
  record Applied(long index) implements NodeCommand {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onApplied(this);
    }
  }

  /**
   * The state machine threw: it, and so this node, cannot go on.
   *
   * @param index the entry at which it happened
   */
  record StateMachineFailed(long index, Throwable cause) implements NodeCommand {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onStateMachineFailed(this);
    }
  }

  /**
   * The bytes of a snapshot are durable in the node's snapshot directory.
   *
   * @param index last entry that it includes
   * @param file name of the file
   * @param length its bytes
   * @param contentHash hash of its bytes, hexadecimal
   */
  record SnapshotTaken(long index, String file, long length, String contentHash)
      implements NodeCommand {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onSnapshotTaken(this);
    }
  }

  /** A snapshot could not be written; the ones before it, and the log, are as they were. */
  record SnapshotNotTaken(Throwable cause) implements NodeCommand {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onSnapshotNotTaken(this);
    }
  }

  /** A part of a snapshot, read from disk so that it can be sent. */
  record SnapshotPartRead(NodeId follower, SnapshotDescriptor snapshot, long offset, Bytes bytes)
      implements NodeCommand {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onSnapshotPartRead(this);
    }
  }

  /**
   * A received part of a snapshot is written.
   *
   * @param snapshot as the leader describes it; when {@code complete}, with the name of the local
   *     file
   * @param nextOffset how many bytes are there
   * @param complete all bytes are there, verified and durable
   */
  record SnapshotPartStored(SnapshotDescriptor snapshot, long nextOffset, boolean complete)
      implements NodeCommand {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onSnapshotPartStored(this);
    }
  }

  /**
   * Asks how the node is; answered at once, in every role. The consumer is called in the node's
   * actor and must not block.
   */
  record GetStatus(Consumer<RaftStatus> replyTo) implements NodeCommand {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onGetStatus(this);
    }
  }
}

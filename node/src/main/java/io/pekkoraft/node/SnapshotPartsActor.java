package io.pekkoraft.node;

import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.Bytes;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.persistence.snapshot.SnapshotDamagedException;
import io.pekkoraft.persistence.snapshot.SnapshotFile;
import io.pekkoraft.persistence.snapshot.SnapshotFiles;
import io.pekkoraft.persistence.snapshot.SnapshotWriter;
import java.io.IOException;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the parts of a snapshot that are to be sent, and stores those that are received (Raft 7).
 * An actor of its own, so that neither the node nor the state machine waits for these files.
 */
final class SnapshotPartsActor extends AbstractBehavior<SnapshotPartsActor.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotPartsActor.class);

  /** What the node asks of it. */
  sealed interface Command {}

  record Read(NodeId follower, SnapshotDescriptor snapshot, long offset, int maxBytes)
      implements Command {}

  record Store(SnapshotDescriptor snapshot, long offset, Bytes bytes) implements Command {}

  record DeleteBefore(long index) implements Command {}

  private final SnapshotFiles files;
  private final ActorRef<NodeCommand> node;
  private @Nullable SnapshotWriter writer;
  private @Nullable SnapshotDescriptor receiving;

  /** The one received last, so that a repeated last part is answered again. */
  private @Nullable SnapshotDescriptor received;

  private SnapshotPartsActor(
      ActorContext<Command> context, SnapshotFiles files, ActorRef<NodeCommand> node) {
    super(context);
    this.files = files;
    this.node = node;
  }

  static Behavior<Command> create(SnapshotFiles files, ActorRef<NodeCommand> node) {
    return Behaviors.setup(context -> new SnapshotPartsActor(context, files, node));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Read.class, this::onRead)
        .onMessage(Store.class, this::onStore)
        .onMessage(DeleteBefore.class, this::onDelete)
        .onSignal(PostStop.class, this::onStop)
        .build();
  }

  /**
   * A part that cannot be read is not sent: the leader sees no bytes and starts with what it has by
   * then.
   */
  private Behavior<Command> onRead(Read read) {
    byte[] bytes;
    try {
      bytes = files.readPart(read.snapshot().file(), read.offset(), read.maxBytes());
    } catch (IOException e) {
      LOG.warn("cannot read {} to send it to {}", read.snapshot(), read.follower(), e);
      bytes = new byte[0];
    }
    node.tell(
        new NodeCommand.SnapshotPartRead(
            read.follower(), read.snapshot(), read.offset(), new Bytes(bytes)));
    return this;
  }

  private Behavior<Command> onStore(Store store) {
    SnapshotDescriptor done = received;
    if (done != null && isSame(done, store.snapshot())) {
      node.tell(new NodeCommand.SnapshotPartStored(done, done.length(), true));
      return this;
    }
    try {
      store(store);
    } catch (SnapshotDamagedException e) {
      LOG.warn(
          "a received snapshot is not what was announced and will be asked for again: {}",
          e.getMessage());
      forget();
      node.tell(new NodeCommand.SnapshotPartStored(store.snapshot(), 0, false));
    } catch (IOException e) {
      forget();
      node.tell(new NodeCommand.StorageFailed(e));
    }
    return this;
  }

  /**
   * Whatever the file is called. A snapshot of another index is another one even if the state is
   * the same: its file has to outlive those of the indexes before.
   */
  private static boolean isSame(SnapshotDescriptor one, SnapshotDescriptor other) {
    return one.contentHash().equals(other.contentHash()) && one.position().equals(other.position());
  }

  private void store(Store store) throws IOException {
    SnapshotDescriptor snapshot = store.snapshot();
    SnapshotWriter open = writer;
    SnapshotDescriptor begun = receiving;
    if (open == null || begun == null || !isSame(begun, snapshot)) {
      forget();
      open = files.receive(snapshot.index());
      writer = open;
      receiving = snapshot;
    }
    if (store.offset() == open.length()) {
      open.stream().write(store.bytes().array());
    }
    if (open.length() < snapshot.length()) {
      node.tell(new NodeCommand.SnapshotPartStored(snapshot, open.length(), false));
      return;
    }
    SnapshotFile file = open.commit(snapshot.length(), snapshot.contentHash());
    SnapshotDescriptor local =
        new SnapshotDescriptor(
            snapshot.position(),
            snapshot.chainHash(),
            snapshot.configuration(),
            file.name(),
            file.length(),
            file.contentHash());
    forget();
    received = local;
    node.tell(new NodeCommand.SnapshotPartStored(local, local.length(), true));
  }

  private Behavior<Command> onDelete(DeleteBefore delete) {
    try {
      files.deleteBefore(delete.index());
    } catch (IOException e) {
      LOG.warn("cannot remove old snapshot files; the next snapshot tries again", e);
    }
    SnapshotDescriptor last = received;
    if (last != null && last.index() < delete.index()) {
      received = null;
    }
    return this;
  }

  private Behavior<Command> onStop(PostStop stop) {
    forget();
    return this;
  }

  private void forget() {
    SnapshotWriter open = writer;
    writer = null;
    receiving = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        LOG.warn("cannot remove a half received snapshot; the next start does", e);
      }
    }
  }
}

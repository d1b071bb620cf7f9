package io.pekkoraft.node;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.StateMachine;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.ClientRequest;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.persistence.snapshot.SnapshotFile;
import io.pekkoraft.persistence.snapshot.SnapshotFiles;
import io.pekkoraft.persistence.snapshot.SnapshotWriter;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;

/**
 * Owns the state machine: applies committed entries in order, answers the requests that wait for
 * them, writes and restores snapshots. On a dispatcher of its own, for it may be slow and it waits
 * for the disk.
 */
final class StateMachineActor extends AbstractBehavior<StateMachineActor.Command> {

  /** What the node asks of it, in order. */
  sealed interface Command {}

  record Apply(List<LogEntry> entries, List<@Nullable ClientRequest> requests) implements Command {}

  record TakeSnapshot() implements Command {}

  record Restore(SnapshotDescriptor snapshot) implements Command {}

  private final StateMachine stateMachine;
  private final SnapshotFiles files;
  private final ActorRef<NodeCommand> node;
  private long appliedIndex;
  private boolean failed;

  private StateMachineActor(
      ActorContext<Command> context,
      StateMachine stateMachine,
      SnapshotFiles files,
      ActorRef<NodeCommand> node) {
    super(context);
    this.stateMachine = stateMachine;
    this.files = files;
    this.node = node;
  }

  static Behavior<Command> create(
      StateMachine stateMachine, SnapshotFiles files, ActorRef<NodeCommand> node) {
    return Behaviors.setup(context -> new StateMachineActor(context, stateMachine, files, node));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Apply.class, this::onApply)
        .onMessage(TakeSnapshot.class, this::onTakeSnapshot)
        .onMessage(Restore.class, this::onRestore)
        .build();
  }

  private Behavior<Command> onApply(Apply apply) {
    for (int i = 0; i < apply.entries().size(); i++) {
      ClientRequest request = apply.requests().get(i);
      LogEntry entry = apply.entries().get(i);
      if (failed) {
        answer(request, new Outcome.Indeterminate("the state machine failed before this entry"));
        continue;
      }
      try {
        byte[] result = apply(entry);
        appliedIndex = entry.index();
        answer(request, new Outcome.Committed(entry.index(), result));
      } catch (RuntimeException | Error e) {
        answer(request, new Outcome.Indeterminate("the state machine failed at this entry: " + e));
        stateMachineFailed(entry.index(), e);
      }
    }
    if (!failed) {
      node.tell(new NodeCommand.Applied(appliedIndex));
    }
    return this;
  }

  private byte[] apply(LogEntry entry) {
    if (entry.kind() != LogEntry.Kind.COMMAND) {
      return new byte[0];
    }
    return Objects.requireNonNull(
        stateMachine.apply(entry.index(), entry.payload()),
        () -> stateMachine.getClass().getName() + ".apply returned null, not even an empty array");
  }

  private static void answer(@Nullable ClientRequest request, Outcome outcome) {
    if (request != null) {
      request.complete(outcome);
    }
  }

  private Behavior<Command> onTakeSnapshot(TakeSnapshot take) {
    if (failed) {
      return this;
    }
    try (SnapshotWriter writer = files.create(appliedIndex)) {
      stateMachine.writeSnapshot(writer.stream());
      SnapshotFile file = writer.commit();
      node.tell(
          new NodeCommand.SnapshotTaken(
              appliedIndex, file.name(), file.length(), file.contentHash()));
    } catch (IOException e) {
      node.tell(new NodeCommand.SnapshotNotTaken(e)); // what was there before is untouched
    } catch (RuntimeException | Error e) {
      stateMachineFailed(appliedIndex, e);
    }
    return this;
  }

  private Behavior<Command> onRestore(Restore restore) {
    SnapshotDescriptor snapshot = restore.snapshot();
    if (failed) {
      return this;
    }
    try (InputStream in =
        files.openVerified(
            new SnapshotFile(snapshot.file(), snapshot.length(), snapshot.contentHash()))) {
      stateMachine.restore(in);
      appliedIndex = snapshot.index();
      node.tell(new NodeCommand.Applied(appliedIndex));
    } catch (IOException e) {
      fail(new NodeCommand.StorageFailed(e));
    } catch (RuntimeException | Error e) {
      stateMachineFailed(snapshot.index(), e);
    }
    return this;
  }

  /**
   * Errors too, as an assertion's: one that ended this actor would leave a member that leads and
   * never applies. What the whole process cannot survive is for Pekko to end.
   */
  private void stateMachineFailed(long index, Throwable cause) {
    fail(new NodeCommand.StateMachineFailed(index, cause));
    if (cause instanceof VirtualMachineError fatal && !(cause instanceof StackOverflowError)) {
      throw fatal;
    }
  }

  private void fail(NodeCommand report) {
    failed = true;
    node.tell(report);
  }
}

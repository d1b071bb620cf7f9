package io.pekkoraft.node;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.Bytes;
import io.pekkoraft.message.ClientRequest;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.persistence.Journal;
import io.pekkoraft.role.NodeObserver;
import io.pekkoraft.role.NodePorts;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/** {@link NodePorts} on Pekko: every answer comes back as a message to the node's actor. */
final class ActorPorts implements NodePorts {
  private final TimerScheduler<NodeCommand> timers;
  private final Peers peers;
  private final Journal journal;
  private final ActorRef<StateMachineActor.Command> stateMachine;
  private final ActorRef<SnapshotPartsActor.Command> snapshotParts;
  private final TimeAndChance time;
  private final RandomGenerator random;
  private final NodeObserver observer;
  private final AtomicReference<@Nullable Leadership> leadership;

  ActorPorts(
      TimerScheduler<NodeCommand> timers,
      Peers peers,
      Journal journal,
      ActorRef<StateMachineActor.Command> stateMachine,
      ActorRef<SnapshotPartsActor.Command> snapshotParts,
      TimeAndChance time,
      RandomGenerator random,
      NodeObserver observer,
      AtomicReference<@Nullable Leadership> leadership) {
    this.timers = timers;
    this.peers = peers;
    this.journal = journal;
    this.stateMachine = stateMachine;
    this.snapshotParts = snapshotParts;
    this.time = time;
    this.random = random;
    this.observer = observer;
    this.leadership = leadership;
  }

  @Override
  public void transmit(Envelope envelope) {
    ActorRef<NodeCommand> peer = peers.get(envelope.header().to());
    if (peer != null) {
      peer.tell(envelope);
    }
  }

  @Override
  public void write(long ticket, LogBatch batch) {
    journal.write(ticket, batch);
  }

  /**
   * Old files go when the journal has the descriptor: until then, recovery may want the one before.
   */
  @Override
  public void compact(SnapshotDescriptor snapshot) {
    journal.compact(snapshot);
  }

  @Override
  public void arm(Timeout timer, long afterNanos) {
    timers.startSingleTimer(timer, timer, Duration.ofNanos(afterNanos));
  }

  @Override
  public void cancel(Timeout timer) {
    timers.cancel(timer);
  }

  @Override
  public long monotonicNanos() {
    return time.monotonicNanos();
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public void apply(List<LogEntry> entries, List<@Nullable ClientRequest> requests) {
    stateMachine.tell(new StateMachineActor.Apply(entries, requests));
  }

  @Override
  public void takeSnapshot() {
    stateMachine.tell(new StateMachineActor.TakeSnapshot());
  }

  @Override
  public void restore(SnapshotDescriptor snapshot) {
    stateMachine.tell(new StateMachineActor.Restore(snapshot));
  }

  @Override
  public void readSnapshotPart(
      NodeId follower, SnapshotDescriptor snapshot, long offset, int maxBytes) {
    snapshotParts.tell(new SnapshotPartsActor.Read(follower, snapshot, offset, maxBytes));
  }

  @Override
  public void storeSnapshotPart(SnapshotDescriptor snapshot, long offset, Bytes bytes) {
    snapshotParts.tell(new SnapshotPartsActor.Store(snapshot, offset, bytes));
  }

  @Override
  public void leading(@Nullable Leadership now) {
    leadership.set(now);
  }

  @Override
  public NodeObserver observer() {
    return observer;
  }
}

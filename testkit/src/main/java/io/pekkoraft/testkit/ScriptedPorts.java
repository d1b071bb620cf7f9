package io.pekkoraft.testkit;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.Bytes;
import io.pekkoraft.message.ClientRequest;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.role.NodeObserver;
import io.pekkoraft.role.NodePorts;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Honest ports, but for three things that a script may say: how long the node waits for a leader,
 * what becomes of a message that leaves, and what the clock shows.
 */
final class ScriptedPorts implements NodePorts {
  private final NodePorts honest;
  private final RandomGenerator random;
  private final Predicate<Envelope> leaves;
  private final LongUnaryOperator clock;

  /**
   * @param leaves false if the message has been taken care of
   * @param clock what is shown instead of what the honest clock shows
   */
  ScriptedPorts(
      NodePorts honest,
      RandomGenerator random,
      Predicate<Envelope> leaves,
      LongUnaryOperator clock) {
    this.honest = honest;
    this.random = random;
    this.leaves = leaves;
    this.clock = clock;
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public void transmit(Envelope envelope) {
    if (leaves.test(envelope)) {
      honest.transmit(envelope);
    }
  }

  @Override
  public long monotonicNanos() {
    return clock.applyAsLong(honest.monotonicNanos());
  }

  @Override
  public void write(long ticket, LogBatch batch) {
    honest.write(ticket, batch);
  }

  @Override
  public void compact(SnapshotDescriptor snapshot) {
    honest.compact(snapshot);
  }

  @Override
  public void arm(Timeout timer, long afterNanos) {
    honest.arm(timer, afterNanos);
  }

  @Override
  public void cancel(Timeout timer) {
    honest.cancel(timer);
  }

  @Override
  public void apply(List<LogEntry> entries, List<@Nullable ClientRequest> requests) {
    honest.apply(entries, requests);
  }

  @Override
  public void takeSnapshot() {
    honest.takeSnapshot();
  }

  @Override
  public void restore(SnapshotDescriptor snapshot) {
    honest.restore(snapshot);
  }

  @Override
  public void readSnapshotPart(
      NodeId follower, SnapshotDescriptor snapshot, long offset, int maxBytes) {
    honest.readSnapshotPart(follower, snapshot, offset, maxBytes);
  }

  @Override
  public void storeSnapshotPart(SnapshotDescriptor snapshot, long offset, Bytes bytes) {
    honest.storeSnapshotPart(snapshot, offset, bytes);
  }

  @Override
  public void leading(@Nullable Leadership leadership) {
    honest.leading(leadership);
  }

  @Override
  public NodeObserver observer() {
    return honest.observer();
  }
}

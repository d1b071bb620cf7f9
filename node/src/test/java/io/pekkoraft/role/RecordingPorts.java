package io.pekkoraft.role;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.Bytes;
import io.pekkoraft.message.ClientRequest;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.rules.IdentityRule;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The world of one node, written down: nothing happens by itself, the clock stands. The test kit's
 * own stands on this module, so that tests here cannot use it.
 */
final class RecordingPorts implements NodePorts, NodeObserver {
  private @Nullable Leadership leadership;

  /** Null while it does not lead. */
  @Nullable Leadership leadership() {
    return leadership;
  }

  record Write(long ticket, LogBatch batch) {}

  record Part(SnapshotDescriptor snapshot, long offset) {}

  final List<Envelope> sent = new ArrayList<>();
  final List<Write> writes = new ArrayList<>();
  final Map<Timeout, Long> timers = new EnumMap<>(Timeout.class);
  final List<LogEntry> applied = new ArrayList<>();
  final List<@Nullable ClientRequest> appliedRequests = new ArrayList<>();
  final List<SnapshotDescriptor> restored = new ArrayList<>();
  final List<SnapshotDescriptor> compacted = new ArrayList<>();
  final List<Part> partsRead = new ArrayList<>();
  final List<Part> partsStored = new ArrayList<>();
  final List<IdentityRule.Verdict> dropped = new ArrayList<>();
  final List<String> alarms = new ArrayList<>();
  final List<RaftStatus.Role> roles = new ArrayList<>();
  private final Random random = new Random(7);
  int snapshotsAskedFor;
  long now;

  RecordingPorts(long now) {
    this.now = now;
  }

  @Override
  public void transmit(Envelope envelope) {
    sent.add(envelope);
  }

  @Override
  public void write(long ticket, LogBatch batch) {
    writes.add(new Write(ticket, batch));
  }

  @Override
  public void compact(SnapshotDescriptor snapshot) {
    compacted.add(snapshot);
  }

  @Override
  public void arm(Timeout timer, long afterNanos) {
    timers.put(timer, now + afterNanos);
  }

  @Override
  public void cancel(Timeout timer) {
    timers.remove(timer);
  }

  @Override
  public long monotonicNanos() {
    return now;
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public void apply(List<LogEntry> entries, List<@Nullable ClientRequest> requests) {
    applied.addAll(entries);
    appliedRequests.addAll(requests);
  }

  @Override
  public void takeSnapshot() {
    snapshotsAskedFor++;
  }

  @Override
  public void restore(SnapshotDescriptor snapshot) {
    restored.add(snapshot);
  }

  @Override
  public void readSnapshotPart(
      NodeId follower, SnapshotDescriptor snapshot, long offset, int maxBytes) {
    partsRead.add(new Part(snapshot, offset));
  }

  @Override
  public void storeSnapshotPart(SnapshotDescriptor snapshot, long offset, Bytes bytes) {
    partsStored.add(new Part(snapshot, offset));
  }

  @Override
  public void leading(@Nullable Leadership now) {
    leadership = now;
  }

  @Override
  public NodeObserver observer() {
    return this;
  }

  @Override
  public void dropped(Header header, PeerMessage message, IdentityRule.Verdict verdict) {
    dropped.add(verdict);
  }

  @Override
  public void alarm(String what) {
    alarms.add(what);
  }

  @Override
  public void roleChanged(RaftStatus.Role from, RaftStatus.Role to, long term, String reason) {
    roles.add(to);
  }
}

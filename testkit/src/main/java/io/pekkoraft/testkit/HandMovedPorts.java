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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The world of a {@link NodeUnderTest}, written down: nothing happens by itself. */
final class HandMovedPorts implements NodePorts, NodeObserver {

  record Write(long ticket, LogBatch batch) {}

  record Applying(List<LogEntry> entries, List<@Nullable ClientRequest> requests) {}

  private final RandomGenerator random;
  private final List<Envelope> sent = new ArrayList<>();
  private final Map<Timeout, Long> timers = new EnumMap<>(Timeout.class);
  private final Deque<Applying> applying = new ArrayDeque<>();
  private final List<String> alarms = new ArrayList<>();
  private final List<Asked> asked = new ArrayList<>();
  private @Nullable Write writing;
  private @Nullable Leadership leadership;
  private long nowNanos;

  HandMovedPorts(RandomGenerator random) {
    this.random = random;
  }

  void crash() {
    timers.clear();
    applying.clear();
    writing = null;
    leadership = null;
  }

  void elapse(long nanos) {
    nowNanos += nanos;
  }

  List<Envelope> sent() {
    return sent;
  }

  Map<Timeout, Long> timers() {
    return timers;
  }

  List<Asked> asked() {
    return asked;
  }

  List<String> alarms() {
    return alarms;
  }

  @Nullable Leadership leadership() {
    return leadership;
  }

  @Nullable Write writing() {
    return writing;
  }

  Write endWrite() {
    Write ended = writing;
    if (ended == null) {
      throw new IllegalStateException("nothing is being written");
    }
    writing = null;
    return ended;
  }

  @Nullable Applying nextApplying() {
    return applying.poll();
  }

  // --- what the node calls

  @Override
  public void transmit(Envelope envelope) {
    sent.add(envelope);
  }

  @Override
  public void write(long ticket, LogBatch batch) {
    if (writing != null) {
      throw new IllegalStateException("a second write while one is under way: " + batch);
    }
    writing = new Write(ticket, batch);
  }

  @Override
  public void compact(SnapshotDescriptor snapshot) {
    asked.add(new Asked.Compact(snapshot));
  }

  @Override
  public void arm(Timeout timer, long afterNanos) {
    timers.put(timer, nowNanos + afterNanos);
  }

  @Override
  public void cancel(Timeout timer) {
    timers.remove(timer);
  }

  @Override
  public long monotonicNanos() {
    return nowNanos;
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public void apply(List<LogEntry> entries, List<@Nullable ClientRequest> requests) {
    applying.add(new Applying(entries, requests));
  }

  @Override
  public void takeSnapshot() {
    asked.add(new Asked.TakeSnapshot());
  }

  @Override
  public void restore(SnapshotDescriptor snapshot) {
    asked.add(new Asked.Restore(snapshot));
  }

  @Override
  public void readSnapshotPart(
      NodeId follower, SnapshotDescriptor snapshot, long offset, int maxBytes) {
    asked.add(new Asked.ReadPart(follower, snapshot, offset, maxBytes));
  }

  @Override
  public void storeSnapshotPart(SnapshotDescriptor snapshot, long offset, Bytes bytes) {
    asked.add(new Asked.StorePart(snapshot, offset, bytes));
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
  public void alarm(String what) {
    alarms.add(what);
  }
}

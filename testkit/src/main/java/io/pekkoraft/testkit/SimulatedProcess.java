package io.pekkoraft.testkit;

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
import io.pekkoraft.role.NodeObserver;
import io.pekkoraft.role.NodePorts;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One life of a member: its ports onto virtual time, and the write in flight. Once it has crashed,
 * whatever still calls it does nothing.
 */
final class SimulatedProcess implements NodePorts {
  private static final long SLOWEST_DISK_NANOS = 5_000_000_000L;

  private final Simulation simulation;
  private final SimulatedNode node;
  private final Invariants invariants;
  private final long life;
  private final RandomGenerator random;
  private final Map<Timeout, EventQueue.Event> timers = new EnumMap<>(Timeout.class);
  private final SimulatedStateMachine machine;
  private boolean crashed;
  private @Nullable Leadership leadership;

  private @Nullable LogBatch writing;
  private long writingTicket;
  private boolean held;
  private boolean failNext;
  private @Nullable Boolean decided;
  private long slowFactor = 1;
  private long lateTimerNanos;

  SimulatedProcess(Simulation simulation, SimulatedNode node, long life) {
    this.simulation = simulation;
    this.node = node;
    this.invariants = simulation.invariants();
    this.life = life;
    this.random = simulation.splitRandom();
    this.machine = new SimulatedStateMachine(simulation, node, this);
  }

  long life() {
    return life;
  }

  /** Null while it does not lead. */
  @Nullable Leadership leadership() {
    return leadership;
  }

  SimulatedState state() {
    return machine.state();
  }

  /** Does something later, if this life still goes on, when the process is not paused. */
  void later(long afterNanos, Object what) {
    simulation.scheduleAt(simulation.nowNanos() + afterNanos, node, life, what);
  }

  /** The disk goes on while the process is paused. */
  void onDisk(long afterNanos, Runnable what) {
    simulation.schedule(
        Math.min(afterNanos * slowFactor, SLOWEST_DISK_NANOS),
        () -> {
          if (!crashed) {
            what.run();
          }
        });
  }

  void recover() {
    later(simulation.diskLatency(), (Runnable) this::recovered);
  }

  private void recovered() {
    node.deliver(new NodeCommand.Recovered(node.disk().read()));
    invariants.recovered(node);
  }

  void crash() {
    crashed = true;
    LogBatch inFlight = writing;
    if (inFlight != null) {
      boolean kept = toss();
      simulation
          .counters()
          .add(kept ? Counters.Kind.WRITE_KEPT_AT_CRASH : Counters.Kind.WRITE_LOST_AT_CRASH);
      if (kept) {
        store(inFlight);
      }
    }
  }

  // --- network

  @Override
  public void transmit(Envelope envelope) {
    if (!crashed) {
      invariants.leaves(node, envelope);
      simulation.network().send(node, envelope);
    }
  }

  // --- journal

  @Override
  public void write(long ticket, LogBatch batch) {
    if (writing != null) {
      throw invariants.violation("a second write while one is in flight", node.id() + ": " + batch);
    }
    writing = batch;
    writingTicket = ticket;
    if (simulation.tampering().confirmsEarly()) {
      later(0, new NodeCommand.Persisted(ticket));
    }
    if (!held) {
      startWrite();
    }
  }

  private void startWrite() {
    long ticket = writingTicket;
    onDisk(simulation.diskLatency(), () -> written(ticket));
  }

  private void written(long ticket) {
    LogBatch batch = writing;
    if (batch == null || ticket != writingTicket || held) {
      return;
    }
    writing = null;
    if (node.disk().trouble().full) {
      diskIsFull();
      return;
    }
    if (failNext) {
      simulation.counters().add(Counters.Kind.STORAGE_FAILURE);
      if (toss()) {
        store(batch);
      }
      later(0, new NodeCommand.StorageFailed(new IOException("simulated")));
      return;
    }
    store(batch);
    if (!simulation.tampering().confirmsEarly()) {
      later(0, new NodeCommand.Persisted(ticket));
    }
  }

  private void diskIsFull() {
    invariants.expectFailure(node);
    simulation.counters().add(Counters.Kind.DISK_FULL_HIT);
    later(0, new NodeCommand.StorageFailed(new IOException("simulated: no space left")));
  }

  private void store(LogBatch batch) {
    invariants.stores(node, batch);
    node.disk().add(batch);
    tellDisk();
  }

  private void tellDisk() {
    simulation.tell(listener -> listener.diskChanged(node));
  }

  @Override
  public void compact(SnapshotDescriptor snapshot) {
    onDisk(
        simulation.diskLatency(),
        () -> {
          node.disk().compact(snapshot);
          tellDisk();
        });
  }

  /** Writes begin no more, and none that has begun ends, until released. */
  void holdWrites() {
    held = true;
    tellDisk();
  }

  void releaseWrites() {
    held = false;
    tellDisk();
    if (writing != null) {
      startWrite();
    }
  }

  boolean isWriting() {
    return writing != null;
  }

  /** The next write fails: stored or not, nobody knows. */
  void failNextWrite() {
    failNext = true;
    invariants.expectFailure(node);
    tellDisk();
  }

  /** A write in flight that does not end well is on the disk, or is not, instead of by chance. */
  void decideInFlight(boolean stored) {
    decided = stored;
  }

  private boolean toss() {
    return decided == null ? simulation.random().nextBoolean() : decided;
  }

  void slowDisk(long factor) {
    slowFactor = factor;
    tellDisk();
  }

  /** How the disk behaves; empty if it is well. */
  String diskTrouble() {
    return failNext ? "fails" : held ? "held" : slowFactor > 1 ? slowFactor + " times slower" : "";
  }

  // --- time

  @Override
  public void arm(Timeout timer, long afterNanos) {
    if (!crashed) {
      invariants.conduct().touched(node, timer);
      long after = node.clock().virtualDuration(afterNanos);
      if (lateTimerNanos > 0) {
        after += simulation.random().nextLong(lateTimerNanos);
        simulation.counters().add(Counters.Kind.TIMER_LATE);
      }
      timers.put(timer, simulation.scheduleAt(simulation.nowNanos() + after, node, life, timer));
    }
  }

  @Override
  public void cancel(Timeout timer) {
    invariants.conduct().touched(node, timer);
    timers.remove(timer);
  }

  /** A timer's message had to wait and comes now. */
  void waited(Timeout timer, EventQueue.Event earlier, EventQueue.Event now) {
    if (isArmed(earlier, timer)) {
      timers.put(timer, now);
    }
  }

  /** False for a timer that was cancelled or armed again since. */
  boolean isArmed(EventQueue.Event event, Timeout timer) {
    EventQueue.Event armed = timers.get(timer);
    return armed != null && armed.sequence() == event.sequence();
  }

  /** Timers that are armed from now on fire late. */
  void delayTimers(long upToNanos) {
    lateTimerNanos = upToNanos;
  }

  @Override
  public long monotonicNanos() {
    return node.localNanos();
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  // --- the state machine

  void slowApply(long factor) {
    machine.slow(factor);
  }

  @Override
  public void apply(List<LogEntry> entries, List<@Nullable ClientRequest> requests) {
    machine.apply(entries, requests);
  }

  @Override
  public void takeSnapshot() {
    machine.takeSnapshot();
  }

  @Override
  public void restore(SnapshotDescriptor snapshot) {
    machine.restore(snapshot);
  }

  // --- snapshots of others

  @Override
  public void readSnapshotPart(
      NodeId follower, SnapshotDescriptor snapshot, long offset, int maxBytes) {
    onDisk(
        simulation.diskLatency(),
        () -> {
          byte[] part = readPart(snapshot, offset, maxBytes);
          later(0, new NodeCommand.SnapshotPartRead(follower, snapshot, offset, new Bytes(part)));
        });
  }

  private byte[] readPart(SnapshotDescriptor snapshot, long offset, int maxBytes) {
    DiskTrouble trouble = node.disk().trouble();
    byte[] bytes = node.disk().file(snapshot.file());
    if (bytes == null || offset >= bytes.length) {
      return new byte[0];
    }
    if (trouble.hidesParts) {
      simulation.counters().add(Counters.Kind.PART_UNREADABLE);
      return new byte[0];
    }
    byte[] part =
        Arrays.copyOfRange(bytes, (int) offset, (int) Math.min(bytes.length, offset + maxBytes));
    if (trouble.flipsParts) {
      simulation.counters().add(Counters.Kind.PART_FLIPPED);
      part[simulation.random().nextInt(part.length)] ^=
          (byte) (1 << simulation.random().nextInt(8));
    }
    return part;
  }

  @Override
  public void storeSnapshotPart(SnapshotDescriptor snapshot, long offset, Bytes bytes) {
    onDisk(
        simulation.diskLatency(),
        () -> {
          if (node.disk().trouble().full) {
            diskIsFull();
            return;
          }
          long next = node.disk().receive(snapshot, offset, bytes.array());
          String file = node.disk().receivedFile(snapshot);
          if (file == null && next == snapshot.length()) {
            simulation.counters().add(Counters.Kind.PARTS_REFUSED);
            next = 0; // what was received is not what was announced
          }
          SnapshotDescriptor stored =
              file == null
                  ? snapshot
                  : new SnapshotDescriptor(
                      snapshot.position(),
                      snapshot.chainHash(),
                      snapshot.configuration(),
                      file,
                      snapshot.length(),
                      snapshot.contentHash());
          later(0, new NodeCommand.SnapshotPartStored(stored, next, file != null));
        });
  }

  @Override
  public void leading(@Nullable Leadership now) {
    if (!crashed) {
      leadership = now;
      invariants.leaderships().published(node, now);
    }
  }

  @Override
  public NodeObserver observer() {
    return invariants.observerOf(node);
  }
}

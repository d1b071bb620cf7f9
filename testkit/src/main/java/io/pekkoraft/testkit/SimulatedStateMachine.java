package io.pekkoraft.testkit;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.ClientRequest;
import io.pekkoraft.message.NodeCommand;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state machine in one life of a member: it does one task after the other, beside the member,
 * and once it has failed none.
 */
final class SimulatedStateMachine {
  private static final long SLOWEST_APPLY_NANOS = 1_000_000_000L;

  private final Simulation simulation;
  private final SimulatedNode node;
  private final SimulatedProcess process;
  private final Invariants invariants;
  private final SimulatedState state;
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private long freeNanos;
  private long factor = 1;
  private boolean failed;

  SimulatedStateMachine(Simulation simulation, SimulatedNode node, SimulatedProcess process) {
    this.simulation = simulation;
    this.node = node;
    this.process = process;
    this.invariants = simulation.invariants();
    this.state = simulation.workload().newState();
  }

  SimulatedState state() {
    return state;
  }

  /** Each task takes so many times as long from now on. */
  void slow(long factor) {
    this.factor = factor;
  }

  private void inTurn(Runnable work) {
    Runnable task = () -> guarded(work);
    if (factor == 1 && tasks.isEmpty()) {
      freeNanos = Math.max(freeNanos, simulation.nowNanos()) + simulation.applyLatency();
      simulation.scheduleAt(freeNanos, node, process.life(), task);
      return;
    }
    tasks.addLast(task); // how long each takes is known when it begins
    if (tasks.size() == 1) {
      startTask();
    }
  }

  /** Looking at a state to compare it runs the application's code too. */
  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (StateMachineFailure e) {
      failed(invariants.appliedIndex(node), e);
    }
  }

  private void startTask() {
    process.later(
        Math.max(0, freeNanos - simulation.nowNanos())
            + Math.min(simulation.applyLatency() * factor, SLOWEST_APPLY_NANOS),
        (Runnable) this::runTask);
  }

  private void runTask() {
    freeNanos = simulation.nowNanos();
    tasks.getFirst().run();
    tasks.removeFirst();
    if (!tasks.isEmpty()) {
      startTask();
    }
  }

  void apply(List<LogEntry> entries, List<@Nullable ClientRequest> requests) {
    invariants.handed(node, entries);
    inTurn(
        () -> {
          if (!failed) {
            applyNow(entries, requests);
          }
        });
  }

  private void applyNow(List<LogEntry> entries, List<@Nullable ClientRequest> requests) {
    for (int i = 0; i < entries.size(); i++) {
      LogEntry entry = entries.get(i);
      ClientRequest request = requests.get(i);
      byte[] result;
      try {
        result = resultOf(entry);
      } catch (RuntimeException | Error e) {
        if (request != null) {
          request.complete(new Outcome.Indeterminate("the state machine failed at this entry"));
        }
        failed(entry.index(), e);
        return;
      }
      invariants.states().applied(node, entry, result, state);
      if (request != null) {
        request.complete(new Outcome.Committed(entry.index(), result));
      }
    }
    node.deliver(new NodeCommand.Applied(entries.get(entries.size() - 1).index()));
  }

  private byte[] resultOf(LogEntry entry) {
    if (entry.kind() != LogEntry.Kind.COMMAND) {
      return new byte[0];
    }
    checkPoison(entry);
    return state.apply(entry);
  }

  /** The member fails; an application's own exception ends the run too, and is named as such. */
  private void failed(long index, Throwable cause) {
    failed = true;
    if (!(cause instanceof StateMachineFailure failure)) {
      node.deliver(new NodeCommand.StateMachineFailed(index, cause));
      return;
    }
    boolean allowed = invariants.mayFail(node);
    invariants.expectFailure(node); // so that the member is seen to fail before the run ends
    node.deliver(new NodeCommand.StateMachineFailed(index, failure.origin()));
    if (!allowed) {
      throw invariants.violation(node, failure);
    }
  }

  private void checkPoison(LogEntry entry) {
    if (simulation.poison().isIn(entry.payload())) {
      invariants.expectFailure(node);
      simulation.counters().add(Counters.Kind.POISONED);
      throw new IllegalStateException("simulated: no code for " + entry);
    }
  }

  void takeSnapshot() {
    inTurn(
        () -> {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          long index = invariants.appliedIndex(node);
          if (failed) {
            return;
          }
          try {
            state.writeSnapshot(out);
          } catch (IOException e) {
            node.deliver(new NodeCommand.SnapshotNotTaken(e));
            return;
          } catch (RuntimeException e) {
            failed(index, e);
            return;
          }
          DiskTrouble trouble = node.disk().trouble();
          if (trouble.full || trouble.refusesSnapshots) {
            invariants.expectAlarm(node);
            simulation.counters().add(Counters.Kind.SNAPSHOT_NOT_TAKEN);
            process.later(0, new NodeCommand.SnapshotNotTaken(new IOException("simulated")));
            return;
          }
          byte[] bytes = out.toByteArray();
          process.onDisk(simulation.diskLatency(), () -> snapshotWritten(index, bytes));
        });
  }

  private void snapshotWritten(long index, byte[] bytes) {
    String file = node.disk().putFile(index, bytes);
    simulation.counters().add(Counters.Kind.SNAPSHOT_TAKEN);
    process.later(
        0,
        new NodeCommand.SnapshotTaken(index, file, bytes.length, SimulatedDisk.contentHash(bytes)));
  }

  void restore(SnapshotDescriptor snapshot) {
    invariants.states().handed(node, snapshot);
    inTurn(
        () -> {
          byte[] bytes = node.disk().file(snapshot.file());
          if (bytes == null) {
            throw invariants.violation("a snapshot's file is there", node.id() + ": " + snapshot);
          }
          try {
            state.restore(snapshot.index(), new ByteArrayInputStream(bytes));
          } catch (IOException e) {
            failed = true;
            node.deliver(new NodeCommand.StorageFailed(e));
            return;
          } catch (RuntimeException e) {
            failed(snapshot.index(), e);
            return;
          }
          invariants.states().restored(node, snapshot, state);
          node.deliver(new NodeCommand.Applied(snapshot.index()));
        });
  }
}

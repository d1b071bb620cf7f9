package io.pekkoraft.testkit;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.testkit.keyvalue.KeyValueBytes;
import io.pekkoraft.testkit.keyvalue.KeyValueClients;
import io.pekkoraft.testkit.keyvalue.KeyValueClients.Told;
import io.pekkoraft.testkit.keyvalue.KeyValueMachine;
import io.pekkoraft.testkit.linearizability.KeyValueReply;
import io.pekkoraft.testkit.linearizability.KeyValueRequest;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Simulated roles for clients of keys and values. Now and then one looks at a member's own state.
 */
final class KeyValueGroup implements KeyValueClients.Group<SimulatedNode> {

  /** What one client last saw of a member's own state. */
  private record Shown(SimulatedProcess process, long appliedIndex) {}

  private final Simulation simulation;
  private final @Nullable KeyValueOracle oracle;
  private final @Nullable Shown[] shown;
  private long localReads;

  KeyValueGroup(Simulation simulation, @Nullable KeyValueOracle oracle) {
    this.simulation = simulation;
    this.oracle = oracle;
    this.shown = new Shown[simulation.nodes().size()];
  }

  long localReads() {
    return localReads;
  }

  @Override
  public List<SimulatedNode> members() {
    return simulation.nodes();
  }

  @Override
  public boolean isRunning(SimulatedNode node) {
    return node.isRunning();
  }

  @Override
  public void schedule(long nanos, Runnable what) {
    simulation.schedule(nanos, what);
  }

  @Override
  public void ask(SimulatedNode node, KeyValueRequest request, Duration timeout, Told told) {
    Operation[] operation = new Operation[1];
    operation[0] =
        simulation.propose(
            node,
            KeyValueBytes.of(request),
            0,
            timeout,
            outcome -> {
              KeyValueReply reply = null;
              if (outcome instanceof Outcome.Committed committed) {
                reply = KeyValueBytes.reply(committed.result());
                if (oracle != null) {
                  oracle.answered(operation[0], reply);
                }
              }
              told.hears(outcome, reply);
            });
  }

  static KeyValueMachine machineOf(SimulatedNode node) {
    return (KeyValueMachine) ((ApplicationState) node.running().state()).machine();
  }

  @Override
  public void look(SimulatedNode node, String key) {
    if (oracle == null || !node.isRunning() || node.isPaused()) {
      return;
    }
    KeyValueMachine machine = machineOf(node);
    long appliedIndex = machine.appliedIndex();
    Shown before = shown[node.index()];
    if (before != null
        && before.process() == node.running()
        && before.appliedIndex() > appliedIndex) {
      throw simulation
          .invariants()
          .violation(
              "local reads of one process never go back",
              node + ": from " + before.appliedIndex() + " to " + appliedIndex);
    }
    shown[node.index()] = new Shown(node.running(), appliedIndex);
    oracle.shown(node, key, machine.value(key), appliedIndex);
    localReads++;
  }
}

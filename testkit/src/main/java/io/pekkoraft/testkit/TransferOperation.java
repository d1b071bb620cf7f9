package io.pekkoraft.testkit;

import io.pekkoraft.api.TransferOutcome;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request to hand leadership over, and what became of it. */
public final class TransferOperation {
  private final Simulation simulation;
  private final SimulatedNode node;
  private @Nullable TransferOutcome outcome;
  private Consumer<TransferOutcome> then = answer -> {};

  TransferOperation(Simulation simulation, SimulatedNode node) {
    this.simulation = simulation;
    this.node = node;
  }

  /** Null while it is under way. */
  public @Nullable TransferOutcome outcome() {
    return outcome;
  }

  /** Told once, when it has ended. */
  void then(Consumer<TransferOutcome> consumer) {
    then = consumer;
    if (outcome != null) {
      consumer.accept(outcome);
    }
  }

  void ended(TransferOutcome answer) {
    if (outcome == null) {
      outcome = answer;
      simulation.tell(listener -> listener.transferEnded(node, answer));
      simulation.invariants().leaderships().ended(node, answer);
      then.accept(answer);
    }
  }

  /** The handle keeps the deadline, whatever the node does. */
  void deadline() {
    ended(new TransferOutcome.Aborted("no answer in time"));
  }
}

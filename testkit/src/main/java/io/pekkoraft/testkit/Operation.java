package io.pekkoraft.testkit;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.message.ClientRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client's command with a number of its own, and what became of it. */
public final class Operation implements ClientRequest {
  private final Simulation simulation;
  private final long id;
  private final SimulatedNode node;
  private final byte[] command;
  private final long onlyInTerm;
  private final Consumer<Outcome> then;
  private final long proposedNanos;
  private boolean mayTakeEffect;
  private @Nullable Outcome outcome;
  private long committedIndex;
  private long answeredBefore;

  Operation(
      Simulation simulation,
      long id,
      SimulatedNode node,
      byte[] rest,
      long onlyInTerm,
      Consumer<Outcome> then) {
    this.simulation = simulation;
    this.id = id;
    this.node = node;
    this.command = ByteBuffer.allocate(Long.BYTES + rest.length).putLong(id).put(rest).array();
    this.onlyInTerm = onlyInTerm;
    this.then = then;
    this.proposedNanos = simulation.nowNanos();
  }

  /** The number that a command begins with; 0 if it is too short. */
  static long idOf(byte[] command) {
    return command.length < Long.BYTES ? 0 : ByteBuffer.wrap(command).getLong();
  }

  boolean isCommitted() {
    return outcome instanceof Outcome.Committed;
  }

  long id() {
    return id;
  }

  SimulatedNode node() {
    return node;
  }

  /** Null while it waits. */
  public @Nullable Outcome outcome() {
    return outcome;
  }

  /**
   * What the state machine answered.
   *
   * @throws IllegalStateException if it is not committed; it says what became of it
   */
  public byte[] result() {
    if (outcome instanceof Outcome.Committed committed) {
      return committed.result();
    }
    throw new IllegalStateException("it has no result, for it was not committed: " + this);
  }

  long committedIndex() {
    return committedIndex;
  }

  void committedAt(long index) {
    committedIndex = index;
  }

  /** The highest index that any client had been told of when this one asked. */
  long answeredBefore() {
    return answeredBefore;
  }

  void askedAfter(long answeredIndex) {
    answeredBefore = answeredIndex;
  }

  /** The client was told that it has no effect, now or later. */
  boolean certainlyFailed() {
    return outcome != null
        && !(outcome instanceof Outcome.Committed)
        && !(outcome instanceof Outcome.Indeterminate);
  }

  /** The gate keeps the deadline, whatever the node does. */
  void deadline(Duration after) {
    complete(
        mayTakeEffect
            ? new Outcome.Indeterminate("no answer within " + after)
            : new Outcome.TimedOut(after));
  }

  @Override
  public byte[] command() {
    return command;
  }

  @Override
  public boolean mayTakeEffect() {
    if (outcome == null) {
      mayTakeEffect = true;
    }
    return outcome == null;
  }

  @Override
  public long onlyInTerm() {
    return onlyInTerm;
  }

  @Override
  public boolean isDone() {
    return outcome != null;
  }

  @Override
  public void complete(Outcome answer) {
    if (outcome == null) {
      outcome = answer;
      count(answer);
      simulation
          .counters()
          .add(
              answer instanceof Outcome.Committed
                  ? Counters.Kind.ACKNOWLEDGED
                  : answer instanceof Outcome.Indeterminate
                      ? Counters.Kind.INDETERMINATE
                      : Counters.Kind.REFUSED);
      simulation.tell(listener -> listener.answered(this, answer));
      simulation.invariants().clients().answered(this, answer);
      then.accept(answer);
    }
  }

  private void count(Outcome answer) {
    if (answer instanceof Outcome.TooLarge) {
      simulation.counters().add(Counters.Kind.TOO_LARGE);
    } else if (answer instanceof Outcome.Overloaded) {
      simulation.counters().add(Counters.Kind.OVERLOADED);
    }
  }

  @Override
  public String toString() {
    return "operation "
        + id
        + " at "
        + node.id()
        + " proposed at "
        + proposedNanos / 1e6
        + " ms, answered "
        + outcome
        + ", committed at "
        + committedIndex;
  }
}

package io.pekkoraft.testkit;

import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import java.time.Duration;

/**
 * A message that a {@link Hold} keeps back: to be released, lost, or delivered any number of times.
 */
public final class HeldMessage<M extends PeerMessage> {
  private final Simulation simulation;
  private final Envelope envelope;
  private final M message;

  HeldMessage(Simulation simulation, Envelope envelope, M message) {
    this.simulation = simulation;
    this.envelope = envelope;
    this.message = message;
  }

  public M message() {
    return message;
  }

  /** The member that sent it. */
  public String from() {
    return envelope.header().from().value();
  }

  /** The member that it is for. */
  public String to() {
    return envelope.header().to().value();
  }

  @SuppressWarnings("ReferenceEquality") // of two equal messages, this one
  private boolean isThis(Envelope held) {
    return held == envelope;
  }

  /** False once it was released or discarded. */
  public boolean isHeld() {
    return simulation.network().held().stream().anyMatch(this::isThis);
  }

  /**
   * Delivers it now, before this returns, whatever cuts there are.
   *
   * @throws IllegalStateException if it is held no more
   */
  public void release() {
    if (simulation.network().release(this::isThis, 1) == 0) {
      throw new IllegalStateException("it was released or discarded before: " + this);
    }
    simulation.elapse(Duration.ZERO);
  }

  /** Delivers a copy now, before this returns; the message itself stays as it is. */
  public void deliverCopy() {
    simulation.scheduleAt(
        simulation.nowNanos(),
        simulation.node(envelope.header().to()),
        EventQueue.ANY_LIFE,
        envelope);
    simulation.elapse(Duration.ZERO);
  }

  /**
   * It is lost.
   *
   * @throws IllegalStateException if it is held no more
   */
  public void discard() {
    if (!simulation.network().held().removeIf(this::isThis)) {
      throw new IllegalStateException("it was released or discarded before: " + this);
    }
  }

  @Override
  public String toString() {
    return from() + " -> " + to() + "  " + message;
  }
}

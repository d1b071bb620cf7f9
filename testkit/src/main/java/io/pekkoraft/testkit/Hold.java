package io.pekkoraft.testkit;

import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Keeps back messages of one kind, from when it was asked for until {@link #end}. They are kept in
 * the order in which they were sent, and can be released in any other.
 */
public final class Hold<M extends PeerMessage> {
  private final Simulation simulation;
  private final Class<M> kind;
  private final String where;
  private final Predicate<Envelope> matches;

  Hold(Simulation simulation, Class<M> kind, String where, Predicate<Envelope> filter) {
    this.simulation = simulation;
    this.kind = kind;
    this.where = where;
    this.matches = envelope -> kind.isInstance(envelope.message()) && filter.test(envelope);
    simulation.network().hold(matches);
  }

  /** What is held now, in the order in which it was sent; a copy. */
  public List<HeldMessage<M>> messages() {
    List<HeldMessage<M>> messages = new ArrayList<>();
    for (Envelope envelope : simulation.network().held()) {
      if (matches.test(envelope)) {
        messages.add(new HeldMessage<>(simulation, envelope, kind.cast(envelope.message())));
      }
    }
    return messages;
  }

  /**
   * Delivers the oldest now, before this returns.
   *
   * @throws IllegalStateException if nothing is held; it says what other holds have
   */
  public void release() {
    List<HeldMessage<M>> messages = messages();
    if (messages.isEmpty()) {
      throw new IllegalStateException(
          "no " + kind.getSimpleName() + where + " is held; " + all(simulation.network().held()));
    }
    messages.get(0).release();
  }

  /** Delivers all that is held, in order, now; what is sent from now on is kept back as before. */
  public void releaseAll() {
    messages().forEach(HeldMessage::release);
  }

  /** What is held is lost. */
  public void discardAll() {
    messages().forEach(HeldMessage::discard);
  }

  /** Keeps back nothing more; what is held stays so until it is released. */
  public void end() {
    simulation.network().holdNoMore(matches);
  }

  static String all(List<Envelope> held) {
    if (held.isEmpty()) {
      return "nothing at all is held";
    }
    StringBuilder text = new StringBuilder("held are:");
    for (Envelope envelope : held) {
      text.append("\n  ").append(envelope.header().from()).append(" -> ");
      text.append(envelope.header().to()).append("  ").append(envelope.message());
    }
    return text.toString();
  }
}

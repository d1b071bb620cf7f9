package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import org.jspecify.annotations.Nullable;

/** A message on its way from one machine to another. Each copy is a flight of its own. */
public final class Flight {
  private final long number;
  private final Machine from;
  private final Machine to;
  private final Object message;
  private final Parcel parcel;

  Flight(long number, Machine from, Machine to, Object message, Parcel parcel) {
    this.number = number;
    this.from = from;
    this.to = to;
    this.message = message;
    this.parcel = parcel;
  }

  /** In the order of sending. */
  public long number() {
    return number;
  }

  public Machine from() {
    return from;
  }

  public Machine to() {
    return to;
  }

  /** As it was sent; what arrives is made anew, from bytes. */
  public Object message() {
    return message;
  }

  /** The message if it is one of a Raft member, or null. */
  public @Nullable PeerMessage peerMessage() {
    return message instanceof Envelope envelope ? envelope.message() : null;
  }

  /** Whether it is a member's message of that kind, as {@code VoteReply.class}. */
  public boolean is(Class<? extends PeerMessage> kind) {
    return kind.isInstance(peerMessage());
  }

  /** The same once more, on a way of its own. */
  Flight copy() {
    return new Flight(number, from, to, message, parcel);
  }

  Parcel parcel() {
    return parcel;
  }

  @Override
  public String toString() {
    return from.name() + " -> " + to.name() + "  " + describe();
  }

  private Object describe() {
    PeerMessage peer = peerMessage();
    return peer == null ? message.getClass().getSimpleName() : peer;
  }
}

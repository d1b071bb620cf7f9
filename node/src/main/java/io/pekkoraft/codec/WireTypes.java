package io.pekkoraft.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.layout.MalformedBytesException;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import org.jspecify.annotations.Nullable;

/**
 * The closed list of what can be sent: each type with its number, which is part of the wire format
 * and never used for another, and its serializer. A number that is not here is refused, and so is a
 * type given by name.
 */
final class WireTypes {

  private WireTypes() {}

  /** A Kryo that knows this list and nothing else. Not safe for use by two threads at once. */
  static Kryo newKryo() {
    ClosedClassResolver resolver = new ClosedClassResolver();
    Kryo kryo = new Kryo(resolver, null);
    kryo.setRegistrationRequired(true);
    kryo.setReferences(false);
    kryo.setMaxDepth(4);

    register(kryo, 10, Envelope.class, new EnvelopeLayout());

    register(
        kryo, 16, PeerMessage.PreVoteRequest.class, new ElectionSerializers.OfPreVoteRequest());
    register(kryo, 17, PeerMessage.PreVoteReply.class, new ElectionSerializers.OfPreVoteReply());
    register(kryo, 18, PeerMessage.VoteRequest.class, new ElectionSerializers.OfVoteRequest());
    register(kryo, 19, PeerMessage.VoteReply.class, new ElectionSerializers.OfVoteReply());
    register(kryo, 20, PeerMessage.OtherLife.class, new ElectionSerializers.OfOtherLife());
    register(kryo, 21, PeerMessage.TimeoutNow.class, new ElectionSerializers.OfTimeoutNow());

    register(kryo, 24, PeerMessage.Heartbeat.class, new ReplicationSerializers.OfHeartbeat());
    register(
        kryo, 25, PeerMessage.HeartbeatReply.class, new ReplicationSerializers.OfHeartbeatReply());
    register(
        kryo, 26, PeerMessage.AppendEntries.class, new ReplicationSerializers.OfAppendEntries());
    register(kryo, 27, PeerMessage.AppendReply.class, new ReplicationSerializers.OfAppendReply());

    register(kryo, 32, PeerMessage.InstallSnapshot.class, new SnapshotSerializers.OfInstall());
    register(
        kryo, 33, PeerMessage.InstallSnapshotReply.class, new SnapshotSerializers.OfInstallReply());

    register(kryo, 40, PeerMessage.ForwardProposal.class, new ForwardSerializers.OfProposal());
    register(kryo, 41, PeerMessage.ForwardReply.class, new ForwardSerializers.OfReply());

    register(kryo, 48, Outcome.Committed.class, new OutcomeSerializers.OfCommitted());
    register(kryo, 49, Outcome.NotLeader.class, new OutcomeSerializers.OfNotLeader());
    register(kryo, 50, Outcome.NoLeader.class, new OutcomeSerializers.OfNoLeader());
    register(kryo, 51, Outcome.Overloaded.class, new OutcomeSerializers.OfOverloaded());
    register(kryo, 52, Outcome.Indeterminate.class, new OutcomeSerializers.OfIndeterminate());
    register(kryo, 53, Outcome.Rejected.class, new OutcomeSerializers.OfRejected());
    register(kryo, 54, Outcome.TooLarge.class, new OutcomeSerializers.OfTooLarge());
    register(kryo, 55, Outcome.MemberFailed.class, new OutcomeSerializers.OfMemberFailed());
    register(kryo, 56, Outcome.TimedOut.class, new OutcomeSerializers.OfTimedOut());

    resolver.close();
    return kryo;
  }

  /** The types are final (records), so that none can come in another's place. */
  private static <T> void register(Kryo kryo, int id, Class<T> type, Serializer<T> serializer) {
    if (id < ClosedClassResolver.FIRST_ID || kryo.getRegistration(id) != null) {
      throw new IllegalStateException("the number " + id + " cannot be given to " + type.getName());
    }
    kryo.register(type, serializer, id);
  }

  /**
   * Reads a type's number, and then a value of it.
   *
   * @param base what it has to be
   * @throws MalformedBytesException if it is something else
   */
  static <T> T read(Kryo kryo, Input input, Class<T> base) {
    Registration registration = kryo.readClass(input);
    if (registration == null || !base.isAssignableFrom(registration.getType())) {
      throw new MalformedBytesException(
          "expected a " + base.getSimpleName() + ", found the type number " + number(registration));
    }
    Class<?> type = registration.getType();
    return base.cast(kryo.readObject(input, type, registration.getSerializer()));
  }

  private static String number(@Nullable Registration registration) {
    return registration == null ? "of nothing" : String.valueOf(registration.getId());
  }
}

package io.pekkoraft.testkit.fault;

import io.pekkoraft.codec.EnvelopeSerializer;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.PreVoteRequest;
import io.pekkoraft.message.PeerMessage.VoteRequest;
import io.pekkoraft.rules.TermRule;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Messages that no member of this group, in its present life, has sent. Each is one that was sent a
 * moment ago, with another header or other bytes and a much later term: believed by mistake, it
 * would show.
 */
final class ForeignMessages {
  private static final int MESSAGES = 8;
  private static final EnvelopeSerializer CODEC = new EnvelopeSerializer();

  private ForeignMessages() {}

  /** Delivers some of the newest messages, changed, to those they were meant for. */
  private static @Nullable String deliver(
      World world, SplittableRandom random, UnaryOperator<@Nullable Envelope> change) {
    List<Envelope> recent = world.recent();
    String delivered = null;
    for (int i = 0; i < MESSAGES && !recent.isEmpty(); i++) {
      Envelope sent = recent.get(random.nextInt(recent.size()));
      Envelope changed = change.apply(sent);
      if (changed != null) {
        world.deliver(receiver(sent), changed);
        delivered = changed.message().getClass().getSimpleName();
      }
    }
    return delivered;
  }

  private static int receiver(Envelope envelope) {
    return envelope.header().to().value().charAt(0) - 'a';
  }

  static @Nullable String otherCluster(World world, SplittableRandom random) {
    return deliver(world, random, sent -> ForeignHeader.OTHER_CLUSTER.later(sent, 0));
  }

  /** Another group, or another incarnation of this one. */
  static @Nullable String otherGroup(World world, SplittableRandom random) {
    ForeignHeader other =
        random.nextBoolean() ? ForeignHeader.OTHER_FORMATION : ForeignHeader.OTHER_GROUP;
    return deliver(world, random, sent -> other.later(sent, 0));
  }

  static @Nullable String otherIncarnation(World world, SplittableRandom random) {
    return deliver(world, random, sent -> ForeignHeader.OTHER_INCARNATION.later(sent, 0));
  }

  /** Addressed to another data directory, or another life, of the receiver. */
  static @Nullable String otherReceiver(World world, SplittableRandom random) {
    boolean life = random.nextBoolean();
    ForeignHeader other = life ? ForeignHeader.OTHER_LIFE : ForeignHeader.OTHER_RECEIVER;
    return deliver(
        world,
        random,
        sent ->
            life && sent.header().toLife() == Header.UNKNOWN_LIFE ? null : other.later(sent, 0));
  }

  /**
   * Anything of somebody who is no member, but no request for a vote, which is judged by its term
   * and log.
   */
  static @Nullable String nonMember(World world, SplittableRandom random) {
    return deliver(
        world,
        random,
        sent -> {
          long life = random.nextLong() | 1;
          long term = sent.message().term() + 1;
          return sent.message() instanceof VoteRequest
              ? ForeignHeader.NON_MEMBER.of(
                  new Envelope(sent.header(), new PreVoteRequest(term, 1, LogPosition.ZERO)), life)
              : ForeignHeader.NON_MEMBER.later(sent, life);
        });
  }

  /**
   * A term that would block the group for ever, and one that only is far away; the latter by a
   * candidate with an empty log.
   */
  static @Nullable String termBomb(World world, SplittableRandom random) {
    boolean absurd = random.nextBoolean();
    return deliver(
        world,
        random,
        sent -> {
          long term =
              absurd
                  ? TermRule.LIMIT + random.nextLong(Long.MAX_VALUE - TermRule.LIMIT)
                  : sent.message().term() + 1_000_000_000L;
          PeerMessage request = new VoteRequest(term, LogPosition.ZERO, PeerMessage.NO_TRANSFER);
          return term < sent.message().term()
              ? null
              : new Envelope(
                  sent.header(), absurd ? sent.message().accept(new OtherTerm(term)) : request);
        });
  }

  /** Bits flipped, cut short, or anything at all. */
  static @Nullable String malformed(World world, SplittableRandom random) {
    return bytes(world, random, bytes -> ForeignBytes.malformed(bytes, random));
  }

  /** A frame of a version that cannot be read here. */
  static @Nullable String wrongVersion(World world, SplittableRandom random) {
    return bytes(world, random, bytes -> ForeignBytes.ofOtherVersion(bytes, random));
  }

  private static @Nullable String bytes(
      World world, SplittableRandom random, UnaryOperator<byte[]> change) {
    List<Envelope> recent = world.recent();
    if (recent.isEmpty()) {
      return null;
    }
    for (int i = 0; i < MESSAGES; i++) {
      Envelope sent = recent.get(random.nextInt(recent.size()));
      world.deliverBytes(receiver(sent), change.apply(CODEC.toBinary(sent)));
    }
    return MESSAGES + " frames";
  }
}

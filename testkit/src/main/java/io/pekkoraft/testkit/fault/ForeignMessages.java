package io.pekkoraft.testkit.fault;

import io.pekkoraft.codec.EnvelopeSerializer;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.NodeId;
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
  private static final int TERMS_LATER = 105;
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

  private static Envelope later(Header header, PeerMessage message) {
    return new Envelope(header, message.accept(new OtherTerm(message.term() + TERMS_LATER)));
  }

  private static Header ofGroup(Header header, GroupIdentity group) {
    return new Header(
        group,
        header.from(),
        header.fromIncarnation(),
        header.fromLife(),
        header.to(),
        header.toIncarnation(),
        header.toLife());
  }

  static @Nullable String otherCluster(World world, SplittableRandom random) {
    return deliver(
        world,
        random,
        sent -> {
          GroupIdentity group = sent.header().group();
          GroupIdentity other = new GroupIdentity("another", group.group(), group.incarnation());
          return later(ofGroup(sent.header(), other), sent.message());
        });
  }

  /** Another group, or an earlier incarnation of this one. */
  static @Nullable String otherGroup(World world, SplittableRandom random) {
    boolean earlier = random.nextBoolean();
    return deliver(
        world,
        random,
        sent -> {
          GroupIdentity group = sent.header().group();
          GroupIdentity other =
              earlier
                  ? new GroupIdentity(group.cluster(), group.group(), group.incarnation() + 1)
                  : new GroupIdentity(group.cluster(), "another", group.incarnation());
          return later(ofGroup(sent.header(), other), sent.message());
        });
  }

  /** A sender whose data directory the group never admitted. */
  static @Nullable String otherIncarnation(World world, SplittableRandom random) {
    return deliver(
        world,
        random,
        sent -> {
          Header h = sent.header();
          Header other =
              new Header(
                  h.group(),
                  h.from(),
                  h.fromIncarnation() - 1,
                  h.fromLife(),
                  h.to(),
                  h.toIncarnation(),
                  h.toLife());
          return later(other, sent.message());
        });
  }

  /** Addressed to another data directory, or another life, of the receiver. */
  static @Nullable String otherReceiver(World world, SplittableRandom random) {
    boolean life = random.nextBoolean();
    return deliver(
        world,
        random,
        sent -> {
          Header h = sent.header();
          Header other =
              new Header(
                  h.group(),
                  h.from(),
                  h.fromIncarnation(),
                  h.fromLife(),
                  h.to(),
                  life ? h.toIncarnation() : h.toIncarnation() - 1,
                  life ? h.toLife() ^ 2 : h.toLife());
          return life && h.toLife() == Header.UNKNOWN_LIFE ? null : later(other, sent.message());
        });
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
          Header h = sent.header();
          Header stranger =
              new Header(
                  h.group(),
                  NodeId.of("stranger"),
                  7,
                  random.nextLong() | 1,
                  h.to(),
                  h.toIncarnation(),
                  h.toLife());
          PeerMessage message = sent.message();
          return message instanceof VoteRequest
              ? new Envelope(stranger, new PreVoteRequest(message.term() + 1, 1, LogPosition.ZERO))
              : later(stranger, message);
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
    return bytes(
        world,
        random,
        bytes -> {
          int kind = random.nextInt(3);
          if (kind == 0) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            return bytes;
          }
          if (kind == 1) {
            return java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
          }
          byte[] noise = new byte[random.nextInt(1, 200)];
          random.nextBytes(noise);
          return noise;
        });
  }

  /** A frame of a version that cannot be read here. */
  static @Nullable String wrongVersion(World world, SplittableRandom random) {
    return bytes(
        world,
        random,
        bytes -> {
          bytes[1] += (byte) (random.nextBoolean() ? 1 : -1);
          return bytes;
        });
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

package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.codec.EnvelopeSerializer;
import io.pekkoraft.layout.MalformedBytesException;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.testkit.fault.ForeignBytes;
import io.pekkoraft.testkit.fault.ForeignHeader;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Puts into the mailboxes of members what no member of their group has sent to them as they are:
 * messages that were sent a moment ago, with another header, as they were or of a much later term;
 * and bytes that are no message. The former are dropped by the member, which says so; the latter
 * never come so far.
 */
final class ForeignMail {
  private static final EnvelopeSerializer CODEC = new EnvelopeSerializer();
  private static final List<ForeignHeader> HEADERS = List.of(ForeignHeader.values());
  private static final int REMEMBERED = 32;
  private static final int MOST_AT_ONCE = 6;

  /** A mailbox is read at the instant at which something is put into it. */
  private static final long HANDLED_WITHIN_NANOS = 1_000_000;

  private final FullStackFaults faults;
  private final VirtualWorld world;
  private final FullStackPlan plan;
  private final SplittableRandom random;
  private final Deque<Flight> recent = new ArrayDeque<>();

  ForeignMail(
      FullStackFaults faults, VirtualWorld world, FullStackPlan plan, SplittableRandom random) {
    this.faults = faults;
    this.world = world;
    this.plan = plan;
    this.random = random;
  }

  void begin() {
    if (plan.has(FullStackFault.FOREIGN_MESSAGE) || plan.has(FullStackFault.MALFORMED_MESSAGE)) {
      world.network().onSend(this::remember);
      next();
    }
  }

  private void remember(Flight flight) {
    if (flight.peerMessage() != null) {
      recent.addLast(flight);
      if (recent.size() > REMEMBERED) {
        recent.removeFirst();
      }
    }
  }

  private void next() {
    faults.later(
        Duration.ofMillis(random.nextLong(50, 800)),
        () -> {
          for (int more = random.nextInt(1, MOST_AT_ONCE + 1); more > 0; more--) {
            send();
          }
          next();
        });
  }

  private void send() {
    if (recent.isEmpty()) {
      return;
    }
    Flight like = List.copyOf(recent).get(random.nextInt(recent.size()));
    boolean both =
        plan.has(FullStackFault.FOREIGN_MESSAGE) && plan.has(FullStackFault.MALFORMED_MESSAGE);
    boolean foreign = both ? random.nextBoolean() : plan.has(FullStackFault.FOREIGN_MESSAGE);
    if (foreign && like.message() instanceof Envelope sent) {
      sendForeign(like, sent);
    } else {
      sendMalformed(like);
    }
  }

  private void sendForeign(Flight like, Envelope sent) {
    ForeignHeader header = HEADERS.get(random.nextInt(HEADERS.size()));
    if (header == ForeignHeader.NON_MEMBER && !sent.message().isOfMembersOnly()) {
      return; // what anybody may ask for is judged
    }
    long life = random.nextLong() | 1;
    Envelope changed = random.nextBoolean() ? header.of(sent, life) : header.later(sent, life);
    world.fault(like.to().name(), "a foreign message, " + header);
    arrives(like, CODEC.toBinary(changed), header);
  }

  private void sendMalformed(Flight like) {
    byte[] bytes = like.parcel().bytes().clone();
    byte[] changed =
        random.nextInt(4) == 0
            ? ForeignBytes.ofOtherVersion(bytes, random)
            : ForeignBytes.malformed(bytes, random);
    world.fault(like.to().name(), "bytes that are no message");
    arrives(like, changed, null);
  }

  /**
   * @param like whose way it takes
   * @param header what is foreign in it; null if it is no message
   */
  private void arrives(Flight like, byte[] bytes, @Nullable ForeignHeader header) {
    Life life = like.to().life();
    Parcel way = like.parcel();
    Parcel parcel =
        new Parcel(way.recipient(), way.sender(), way.serializerId(), way.manifest(), bytes);
    if (life != null && !life.isOver() && !life.isPaused()) {
      life.run(() -> read(life, parcel, header));
    }
  }

  private void read(Life life, Parcel parcel, @Nullable ForeignHeader header) {
    Object message;
    try {
      message = life.door().read(parcel);
    } catch (MalformedBytesException refused) {
      if (header == null) {
        faults.count(FullStackFault.MALFORMED_MESSAGE);
      } else {
        world.problem("a foreign message cannot be read: " + header, refused);
      }
      return;
    }
    if (header == null) {
      world.violation("bytes that nobody wrote are no message", message.toString());
    } else if (message instanceof Envelope envelope) {
      deliver(life, parcel, envelope, header);
    }
  }

  private void deliver(Life life, Parcel parcel, Envelope envelope, ForeignHeader header) {
    HeardMember member = life.machine().members().stream().findFirst().orElse(null);
    if (member == null || !takesPart(life, member)) {
      life.door().deliver(parcel, envelope);
      return;
    }
    member.awaitDrop(envelope.message());
    life.door().deliver(parcel, envelope);
    world.schedule(HANDLED_WITHIN_NANOS, () -> requireDrop(life, member, envelope, header));
  }

  private void requireDrop(Life life, HeardMember member, Envelope envelope, ForeignHeader header) {
    if (member.isDropped(envelope.message())) {
      faults.count(FullStackFault.FOREIGN_MESSAGE);
    } else if (takesPart(life, member)) {
      world.violation(
          "I29 what is foreign changes nothing",
          life.machine().name() + " took a message, " + header + ": " + envelope);
    }
  }

  /** Who does not take part, or is about to end, heeds no message. */
  private boolean takesPart(Life life, HeardMember member) {
    return member.life() == life
        && !life.isOver()
        && !life.isPaused()
        && !faults.isEnding(life.machine().name())
        && member.takesPart();
  }
}

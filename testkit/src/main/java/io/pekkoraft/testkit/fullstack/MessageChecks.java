package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.log.EntrySlice;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.ForwardReply;
import io.pekkoraft.message.PeerMessage.InstallSnapshot;
import io.pekkoraft.message.PeerMessage.InstallSnapshotReply;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares messages with one another: answers with what they answer, lives with starts, and what
 * arrives with what was sent.
 */
final class MessageChecks {
  private final VirtualWorld world;
  private final LogMatching matching;
  private final Map<String, Long> starts = new HashMap<>();
  private final Map<String, Long> livesOfStarts = new HashMap<>();
  private final Map<String, Long> startsOfLives = new HashMap<>();
  private final Map<Request, Long> appended = new HashMap<>();
  private final Map<Request, Long> offsets = new HashMap<>();

  /**
   * What is answered.
   *
   * @param sentNanos by the leader's clock
   * @param index of an append, the one before it; of a part, the snapshot's
   */
  private record Request(String leader, String follower, long term, long sentNanos, long index) {}

  MessageChecks(VirtualWorld world, LogMatching matching) {
    this.world = world;
    this.matching = matching;
  }

  /** A member starts anew; nothing of an earlier start is said any more. */
  void started(Machine machine) {
    starts.merge(machine.name(), 1L, Long::sum);
    offsets.keySet().removeIf(part -> part.follower().equals(machine.name()));
  }

  void sent(Flight flight, Envelope envelope) {
    lives(flight.from().name(), envelope.header());
    String from = flight.from().name();
    String to = flight.to().name();
    PeerMessage message = envelope.message();
    if (message instanceof AppendEntries append) {
      EntrySlice slice = append.slice();
      String where = from + "'s append of term " + append.term();
      matching.note(where, slice.previous(), slice.previousHash());
      slice.entries().forEach(entry -> matching.note(where, entry));
      appended.merge(
          new Request(from, to, append.term(), append.sentNanos(), slice.previous().index()),
          slice.previous().index() + slice.entries().size(),
          Math::max);
    } else if (message instanceof AppendReply reply && reply.success()) {
      Long end =
          appended.get(
              new Request(to, from, reply.term(), reply.sentNanos(), reply.previousIndex()));
      if (end == null || reply.index() > end) {
        world.violation(
            "I14 an acknowledgement goes no further than its request",
            flight + " answers an append up to " + end);
      }
    } else if (message instanceof InstallSnapshot install) {
      SnapshotDescriptor snapshot = install.snapshot();
      matching.note(from + "'s snapshot", snapshot.position(), snapshot.chainHash());
    } else if (message instanceof InstallSnapshotReply reply) {
      stored(flight, reply, new Request(to, from, reply.term(), 0, reply.snapshotIndex()));
    }
  }

  /** Nothing damages what is under way or half stored, so nothing need be sent again. */
  private void stored(Flight flight, InstallSnapshotReply reply, Request snapshot) {
    Long before = offsets.put(snapshot, reply.nextOffset());
    if (before != null && reply.nextOffset() < before) {
      world.violation(
          "L6 what is stored of a snapshot stays", flight + " after " + before + " were stored");
    }
  }

  private void lives(String from, Header header) {
    Long start = starts.getOrDefault(from, 0L);
    Long life = livesOfStarts.putIfAbsent(from + " " + start, header.fromLife());
    Long first = startsOfLives.putIfAbsent(from + " " + header.fromLife(), start);
    boolean own = life == null || life == header.fromLife();
    if (!own || (first != null && !first.equals(start))) {
      world.violation(
          "I29 each start has a life of its own",
          from + " says in its start " + start + " that it lives " + header.fromLife());
    }
  }

  /** A message arrives, made anew from bytes. */
  void arrived(Flight flight, Object arrived) {
    if (flight.message() instanceof Envelope && !isSame(flight.message(), arrived)) {
      world.violation("what arrives is what was sent", flight + " arrives as " + arrived);
    }
  }

  private static boolean isSame(Object sent, @Nullable Object arrived) {
    if (sent instanceof Envelope one
        && arrived instanceof Envelope other
        && one.message() instanceof ForwardReply said
        && other.message() instanceof ForwardReply heard
        && said.outcome() instanceof Outcome.Committed committed
        && heard.outcome() instanceof Outcome.Committed result) {
      return one.header().equals(other.header())
          && said.term() == heard.term()
          && said.requestId() == heard.requestId()
          && committed.index() == result.index()
          && Arrays.equals(committed.result(), result.result());
    }
    return sent.equals(arrived);
  }
}

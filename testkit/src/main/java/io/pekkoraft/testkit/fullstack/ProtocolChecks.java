package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.log.HardState;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.HeartbeatReply;
import io.pekkoraft.message.PeerMessage.InstallSnapshot;
import io.pekkoraft.message.PeerMessage.InstallSnapshotReply;
import io.pekkoraft.message.PeerMessage.VoteReply;
import java.util.HashMap;
import java.util.Map;

/**
 * Looks at every message of a member when it leaves: what it says must be on the sender's disk by
 * then, as it would be read after a loss of power. The invariants have the names of the protocol
 * simulation.
 */
final class ProtocolChecks {
  private final VirtualWorld world;
  private final DiskChecks disks;
  private final MessageChecks messages;
  private final Map<Long, String> leaders = new HashMap<>();
  private final Map<Long, Map<Long, Long>> leadersHashes = new HashMap<>();
  private long acknowledgedIndex;
  private long highestTerm;

  ProtocolChecks(VirtualWorld world, DiskChecks disks, MessageChecks messages) {
    this.world = world;
    this.disks = disks;
    this.messages = messages;
  }

  /** The highest term that any member has spoken of. */
  long highestTerm() {
    return highestTerm;
  }

  /** A client was told that its command is committed at this index. */
  void acknowledged(Machine by, long index) {
    disks.committed(by, index);
    acknowledgedIndex = Math.max(acknowledgedIndex, index);
  }

  void sent(Flight flight) {
    if (!(flight.message() instanceof Envelope envelope)) {
      return;
    }
    disks.takesPart(flight.from(), flight);
    messages.sent(flight, envelope);
    PeerMessage message = envelope.message();
    highestTerm = Math.max(highestTerm, message.term());
    Machine from = flight.from();
    if (message instanceof Heartbeat || message instanceof InstallSnapshot) {
      leads(from, message.term());
    }
    if (message instanceof Heartbeat heartbeat) {
      disks.committedByLeader(from, heartbeat.commitIndex());
    } else if (message instanceof AppendEntries append) {
      leads(from, append.term());
      note(append);
      disks.committedByLeader(from, append.commitIndex());
    } else if (message instanceof VoteReply reply && reply.verdict().granted()) {
      granted(from, reply, envelope.header());
    } else if (message instanceof AppendReply reply && reply.success()) {
      holds("I13 an acknowledgement is durable", from, reply.term(), reply.index());
    } else if (message instanceof HeartbeatReply reply) {
      holds("I13 an acknowledgement is durable", from, reply.term(), reply.matchIndex());
    } else if (message instanceof InstallSnapshotReply reply && reply.done()) {
      holds("I13 an installed snapshot is durable", from, reply.term(), reply.snapshotIndex());
    }
  }

  private void leads(Machine from, long term) {
    String before = leaders.putIfAbsent(term, from.name());
    if (before != null) {
      if (!before.equals(from.name())) {
        world.violation(
            "I1 one leader a term", before + " and " + from.name() + " lead term " + term);
      }
      return;
    }
    DurableLog log = disks.look(from);
    HardState hard = log.hardState();
    boolean voted =
        hard.term() == term
            && hard.votedFor() != null
            && hard.votedFor().value().equals(from.name());
    if (!voted) {
      world.violation(
          "I12 a leader's own vote is durable",
          from.name() + " leads term " + term + " with " + hard + " on its disk");
    }
    if (!log.holds(acknowledgedIndex)) {
      world.violation(
          "I18 no acknowledged command is lost",
          from.name() + " leads term " + term + " without " + acknowledgedIndex);
    }
    Map.Entry<Long, Long> last = disks.lastCommitted();
    if (last != null) {
      Long hash = log.hash(last.getKey());
      if (!log.holds(last.getKey()) || (hash != null && !hash.equals(last.getValue()))) {
        world.violation(
            "I4 a leader has all that is committed",
            from.name() + " leads term " + term + " without " + last);
      }
    }
  }

  private void note(AppendEntries append) {
    Map<Long, Long> hashes = leadersHashes.computeIfAbsent(append.term(), term -> new HashMap<>());
    for (LogEntry entry : append.slice().entries()) {
      Long before = hashes.put(entry.index(), entry.hash());
      if (before != null && before != entry.hash()) {
        world.violation(
            "I2 a leader only appends", "term " + append.term() + " at " + entry.index());
      }
    }
  }

  private void granted(Machine from, VoteReply reply, Header header) {
    HardState hard = disks.look(from).hardState();
    boolean voted = hard.term() == reply.term() && header.to().equals(hard.votedFor());
    if (!voted) {
      world.violation(
          "I11 a grant is durable",
          from.name()
              + " grants "
              + header.to()
              + " term "
              + reply.term()
              + " with "
              + hard
              + " on its disk");
    }
  }

  private void holds(String invariant, Machine from, long term, long index) {
    DurableLog log = disks.look(from);
    Long own = log.hash(index);
    Long leaders = leadersHashes.getOrDefault(term, Map.of()).get(index);
    boolean other = own != null && leaders != null && !own.equals(leaders);
    if (!log.holds(index) || other) {
      world.violation(
          invariant,
          from.name()
              + " confirms "
              + index
              + " in term "
              + term
              + (other ? " and has another entry there" : "")
              + "; its disk ends at "
              + DiskChecks.end(log));
    }
  }
}

package io.pekkoraft.testkit;

import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.VoteVerdict;
import io.pekkoraft.rules.IdentityRule;
import io.pekkoraft.state.RaftLog;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What matters of what happens on a {@link Stage}, a line each. */
public final class StageTrace implements SimulationListener {

  /** What can be shown. */
  public enum Kind {
    /** A member's role changes, and why; but not that it has read its journal. */
    ROLES,
    /** A member decides on a vote. */
    VOTES,
    /** A member decides on a pre-vote. */
    PRE_VOTES,
    /** A member knows more to be committed. */
    COMMITS,
    /** A follower refuses an append. */
    CONFLICTS,
    /** A member cuts its log. */
    TRUNCATIONS,
    /** A member takes a snapshot, or puts its leader's in place. */
    SNAPSHOTS,
    /** A member sees what no correct one does. */
    ALARMS,
    /** A request ends. */
    REQUESTS,
    /** A leadership transfer ends. */
    TRANSFERS,
    /** A message is not let in. */
    DROPPED,
    /** A member starts, crashes, is paused, goes on. */
    LIVES,
    /** A message arrives. */
    MESSAGES
  }

  /** What was seen of a member last. */
  private static final class Seen {
    long commitIndex;
    long lastIndex;
    long snapshotIndex;
    long lastHash;
    long[] hashes = new long[64];

    void look(RaftLog log) {
      for (long i = Math.max(log.base().index(), 1); i <= log.lastIndex(); i++) {
        if (i >= hashes.length) {
          hashes = Arrays.copyOf(hashes, (int) Math.max(i + 1, hashes.length * 2L));
        }
        hashes[(int) i] = log.hashAt(i);
      }
      lastIndex = log.lastIndex();
      lastHash = log.lastHash();
    }
  }

  private final Simulation simulation;
  private final Consumer<String> line;
  private final Set<Kind> shown =
      EnumSet.complementOf(EnumSet.of(Kind.PRE_VOTES, Kind.COMMITS, Kind.LIVES, Kind.MESSAGES));
  private final Map<SimulatedNode, Seen> seen = new HashMap<>();
  private @Nullable Envelope arriving;

  StageTrace(Simulation simulation, Consumer<String> line) {
    this.simulation = simulation;
    this.line = line;
  }

  public void show(Kind kind, boolean yes) {
    if (yes) {
      shown.add(kind);
    } else {
      shown.remove(kind);
    }
  }

  /** Adds a line of this kind, if it is shown. */
  public void tell(Kind kind, String who, String what) {
    if (shown.contains(kind)) {
      line.accept(simulation.nowNanos() / 1_000_000 + " ms  " + who + "  " + what);
    }
  }

  private void tell(Kind kind, SimulatedNode node, String what) {
    tell(kind, node.id().value(), what);
  }

  /** As scenarios write it. */
  public static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  // --- what is heard

  @Override
  public void roleChanged(
      SimulatedNode node, RaftStatus.Role from, RaftStatus.Role to, long term, String reason) {
    if (from != RaftStatus.Role.RECOVERING || to != RaftStatus.Role.FOLLOWER) {
      tell(
          Kind.ROLES,
          node,
          (from == to ? "" : name(from) + " -> ")
              + name(to)
              + "  term "
              + term
              + "  ("
              + reason
              + ")");
    }
  }

  @Override
  public void voteDecided(
      SimulatedNode node, NodeId candidate, boolean preVote, VoteVerdict verdict) {
    tell(
        preVote ? Kind.PRE_VOTES : Kind.VOTES,
        node,
        (preVote ? "pre-vote for " : "vote for ") + candidate + ": " + name(verdict));
  }

  @Override
  public void refused(SimulatedNode node, IdentityRule.Verdict verdict) {
    Envelope envelope = arriving;
    if (envelope != null) {
      String what = nameOf(envelope.message()) + " of " + envelope.header().from();
      tell(Kind.DROPPED, node, "drops " + what + ": " + name(verdict));
    }
  }

  @Override
  public void noted(SimulatedNode node, String text) {
    if (text.startsWith("alarm: ")) {
      tell(Kind.ALARMS, node, text);
    } else if (!text.contains(" -> ")) {
      tell(Kind.LIVES, node, text);
      if (!node.isRunning()) {
        seen.remove(node);
      }
    }
  }

  @Override
  public void underWay(long flight, Envelope envelope, long arrivesNanos) {
    sends(envelope);
  }

  @Override
  public void lost(Envelope envelope) {
    sends(envelope);
  }

  @Override
  public void held(Envelope envelope) {
    sends(envelope);
  }

  private void sends(Envelope envelope) {
    if (envelope.message() instanceof AppendReply reply && !reply.success()) {
      tell(
          Kind.CONFLICTS,
          envelope.header().from().value(),
          "refuses "
              + envelope.header().to()
              + "'s entries after "
              + reply.previousIndex()
              + ", may match at "
              + reply.index());
    }
  }

  private static String nameOf(PeerMessage message) {
    return message.getClass().getSimpleName();
  }

  @Override
  public void arrived(long flight, SimulatedNode node, Envelope envelope) {
    arriving = envelope;
    tell(Kind.MESSAGES, node, "<- " + envelope.header().from() + "  " + nameOf(envelope.message()));
  }

  @Override
  public void settled(SimulatedNode node) {
    if (!node.isRunning() || node.kind() == RaftStatus.Role.RECOVERING) {
      return;
    }
    Seen before = seen.get(node);
    RaftLog log = node.state().log();
    if (before == null) {
      before = new Seen();
      before.look(log);
      before.commitIndex = node.state().commitIndex();
      before.snapshotIndex = node.state().snapshotIndex();
      seen.put(node, before);
      return;
    }
    lookAtSnapshot(node, before);
    lookAtLog(node, before, log);
    if (node.state().commitIndex() != before.commitIndex) {
      before.commitIndex = node.state().commitIndex();
      tell(Kind.COMMITS, node, "commits to " + before.commitIndex);
    }
  }

  private void lookAtSnapshot(SimulatedNode node, Seen before) {
    long index = node.state().snapshotIndex();
    if (index == before.snapshotIndex) {
      return;
    }
    boolean received = index > before.commitIndex;
    before.snapshotIndex = index;
    tell(
        Kind.SNAPSHOTS,
        node,
        received ? "installs the snapshot up to " + index : "takes a snapshot up to " + index);
    if (received) {
      before.look(node.state().log()); // in place of whatever was there
    }
  }

  private void lookAtLog(SimulatedNode node, Seen before, RaftLog log) {
    if (log.lastIndex() == before.lastIndex && log.lastHash() == before.lastHash) {
      return;
    }
    LogPosition base = log.base();
    long same = Math.min(log.lastIndex(), before.lastIndex);
    while (same > base.index() && log.hashAt(same) != before.hashes[(int) same]) {
      same--;
    }
    if (same < before.lastIndex) {
      tell(
          Kind.TRUNCATIONS,
          node,
          "cuts its log after " + same + ", it ended at " + before.lastIndex);
    }
    before.look(log);
  }
}

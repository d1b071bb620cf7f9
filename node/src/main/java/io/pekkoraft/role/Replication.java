package io.pekkoraft.role;

import io.pekkoraft.log.EntrySlice;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.NodeCommand.SnapshotPartRead;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.HeartbeatReply;
import io.pekkoraft.message.PeerMessage.InstallSnapshot;
import io.pekkoraft.message.PeerMessage.InstallSnapshotReply;
import io.pekkoraft.rules.Quorum;
import io.pekkoraft.state.RaftLog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A leader's side of replication: one {@link Progress} per follower, and what to send next (Raft
 * 5.3, thesis 10.2.1).
 */
final class Replication {
  private final NodeContext node;
  private final List<Progress> followers = new ArrayList<>();
  private final long electedNanos;
  private final long neverNanos;
  private long transferId = PeerMessage.NO_TRANSFER;
  private long namedNanos;
  private long stampedNanos;

  /**
   * @param nextIndex where to look first: after the log's present end
   */
  Replication(NodeContext node, long nextIndex) {
    this.node = node;
    this.electedNanos = node.monotonicNanos();
    this.namedNanos = electedNanos - 1;
    this.stampedNanos = electedNanos;
    this.neverNanos = electedNanos - 2 * node.settings().electionTimeoutNanos();
    for (Member voter : node.state().configuration().voters()) {
      if (!voter.id().equals(node.self())) {
        followers.add(new Progress(voter.id(), nextIndex, neverNanos));
      }
    }
  }

  // --- what is known

  /**
   * Of each voter, up to where its disk holds the leader's log; the leader's own disk counts like
   * any other.
   */
  long durableMatch(NodeId voter) {
    if (voter.equals(node.self())) {
      return node.durableIndex();
    }
    Progress progress = progress(voter);
    return progress == null ? 0 : progress.matchIndex();
  }

  /** When that was sent which a majority, this leader included, has acknowledged. */
  long quorumSentNanos(long nowNanos) {
    return Quorum.reachedByMajority(
        node.state().configuration(),
        voter -> {
          Progress progress = progress(voter);
          return voter.equals(node.self())
              ? later(nowNanos, stampedNanos)
              : progress == null ? neverNanos : progress.ackedSentNanos();
        });
  }

  // --- leadership transfer

  /**
   * All messages name this transfer from now on, or none.
   *
   * @return what their clock shows at least; those before, which name another, show less
   */
  long nameTransfer(long id) {
    transferId = id;
    stampedNanos = later(stampedNanos + 1, node.monotonicNanos());
    return stampedNanos;
  }

  /** The clock for a message that leaves now. */
  private long stamp() {
    stampedNanos = later(stampedNanos, node.monotonicNanos());
    if (transferId != PeerMessage.NO_TRANSFER) {
      namedNanos = stampedNanos;
    }
    return stampedNanos;
  }

  private static long later(long one, long other) {
    return one - other > 0 ? one : other;
  }

  /**
   * When the newest message was sent that named a transfer; before the election if there was none.
   * Whoever acknowledged nothing newer may still take part in that transfer.
   */
  long namedNanos() {
    return namedNanos;
  }

  /**
   * Whether the target has all of the log on its disk, and it and a majority have acknowledged a
   * message that names the transfer.
   */
  boolean isPrepared(Transfer transfer) {
    Progress target = progress(transfer.target());
    return target != null
        && target.matchIndex() == node.state().log().lastIndex()
        && target.ackedSentNanos() - transfer.sinceNanos() >= 0
        && quorumSentNanos(node.monotonicNanos()) - transfer.sinceNanos() >= 0;
  }

  /** The voter that has most of the log, and of those the one heard most recently; or null. */
  @Nullable NodeId bestPrepared() {
    return followers.stream()
        .filter(progress -> whyUnable(progress).isEmpty())
        .max(
            Comparator.comparingLong(Progress::matchIndex)
                .thenComparing(
                    (one, other) -> Long.signum(one.ackedSentNanos() - other.ackedSentNanos())))
        .map(progress -> progress.follower)
        .orElse(null);
  }

  /** Why this member cannot lead soon; empty if it can. */
  String whyUnable(NodeId id) {
    Progress progress = progress(id);
    return progress == null ? id + " is no other voter of this group" : whyUnable(progress);
  }

  private String whyUnable(Progress progress) {
    long quietNanos = node.monotonicNanos() - progress.ackedSentNanos();
    if (quietNanos >= node.settings().electionTimeoutNanos()) {
      return progress.follower + " has not answered for an election timeout";
    }
    return progress.mode() == Progress.Mode.SNAPSHOT
        ? progress.follower + " is receiving a snapshot"
        : "";
  }

  private @Nullable Progress progress(NodeId id) {
    for (Progress progress : followers) {
      if (progress.follower.equals(id)) {
        return progress;
      }
    }
    return null;
  }

  /** An answer to what this node sent as the leader of an earlier term says nothing of this one. */
  private void withSender(long sentNanos, Consumer<Progress> handler) {
    Progress progress = progress(node.sender());
    if (progress != null && sentNanos - electedNanos >= 0) {
      handler.accept(progress);
    }
  }

  // --- sending

  void sendEntries() {
    for (Progress progress : followers) {
      send(progress);
    }
  }

  private void send(Progress progress) {
    while (progress.maySend(node.settings().maxInflightAppends())) {
      RaftLog log = node.state().log();
      long previous = progress.nextIndex() - 1;
      if (previous < log.base().index()) {
        startSnapshot(progress);
        return;
      }
      boolean probe = progress.mode() == Progress.Mode.PROBE;
      if (previous >= log.lastIndex() && !probe) {
        return;
      }
      EntrySlice slice =
          log.slice(previous, node.settings().maxAppendEntries(), node.settings().maxAppendBytes());
      // No two appends show the same, even if the clock is coarse or stands still: an answer has to
      // tell which of them it answers.
      stampedNanos = later(stampedNanos, progress.appendSentNanos() + 1);
      long now = stamp();
      node.send(
          progress.follower,
          new AppendEntries(
              node.state().term(), slice, node.state().commitIndex(), now, transferId));
      progress.sent(slice.lastIndex(), now);
    }
  }

  /**
   * A heartbeat names no index beyond what the follower is known to have: it validates nothing by
   * itself.
   */
  void sendHeartbeats() {
    long now = stamp();
    for (Progress progress : followers) {
      long commit = Math.min(node.state().commitIndex(), progress.matchIndex());
      node.send(progress.follower, new Heartbeat(node.state().term(), commit, now, transferId));
      if (progress.mode() == Progress.Mode.SNAPSHOT
          && now - progress.partSentNanos() >= node.settings().electionTimeoutNanos()) {
        askForPart(progress);
      }
    }
  }

  // --- answers

  void onHeartbeatReply(HeartbeatReply reply) {
    withSender(
        reply.sentNanos(),
        progress -> {
          progress.contact(reply.sentNanos());
          progress.matched(reply.matchIndex());
          if (progress.lostSomething(reply.sentNanos(), reply.lastIndex())) {
            progress.probeAt(
                progress.mode() == Progress.Mode.PROBE
                    ? progress.nextIndex()
                    : progress.matchIndex() + 1);
          }
          send(progress);
        });
  }

  void onAppendReply(AppendReply reply) {
    withSender(
        reply.sentNanos(),
        progress -> {
          progress.contact(reply.sentNanos());
          if (reply.success()) {
            progress.matched(reply.index());
            progress.accepted();
          } else if (progress.contradicts(reply.previousIndex(), reply.sentNanos())) {
            node.observer()
                .alarm(
                    node.sender()
                        + " refuses index "
                        + reply.previousIndex()
                        + ", which it acknowledged: it has lost a part of its log");
            return; // heartbeats go on asking; at once would be at the speed of the network
          } else if (progress.isRefused(reply.previousIndex())) {
            long meet =
                node.state().log().lastIndexWithTermAtMost(reply.conflictTerm(), reply.index());
            progress.probeAt(Math.min(Math.min(meet, reply.index()) + 1, reply.previousIndex()));
          }
          send(progress);
        });
  }

  /** What was under way to a life that is over will not arrive. */
  void onRestarted(NodeId follower) {
    Progress progress = progress(follower);
    if (progress != null) {
      progress.probeAt(
          progress.matchIndex() > 0 ? progress.matchIndex() + 1 : progress.nextIndex());
      send(progress);
    }
  }

  // --- snapshots

  private void startSnapshot(Progress progress) {
    SnapshotDescriptor snapshot = node.state().snapshot();
    if (snapshot != null) {
      progress.startSnapshot(snapshot);
      askForPart(progress);
    }
  }

  /** A newer one took its place; if there is none, the heartbeats try again later. */
  private void replaceSnapshot(Progress progress, SnapshotDescriptor gone) {
    SnapshotDescriptor snapshot = node.state().snapshot();
    if (snapshot != null) {
      progress.startSnapshot(snapshot);
      if (!snapshot.equals(gone)) {
        askForPart(progress);
      }
    }
  }

  private void askForPart(Progress progress) {
    SnapshotDescriptor snapshot = progress.snapshot();
    if (snapshot != null) {
      progress.partAskedFor(node.monotonicNanos());
      node.ports()
          .readSnapshotPart(
              progress.follower,
              snapshot,
              progress.snapshotOffset(),
              node.settings().snapshotPartBytes());
    }
  }

  void onPartRead(SnapshotPartRead read) {
    Progress progress = progress(read.follower());
    if (progress == null
        || !read.snapshot().equals(progress.snapshot())
        || read.offset() != progress.snapshotOffset()) {
      return;
    }
    boolean gone = read.bytes().length() == 0 && read.snapshot().length() > 0;
    if (gone) {
      replaceSnapshot(progress, read.snapshot());
      return;
    }
    long now = stamp();
    progress.partSent(now);
    node.send(
        read.follower(),
        new InstallSnapshot(
            node.state().term(), read.snapshot(), read.offset(), read.bytes(), now, transferId));
  }

  void onInstallReply(InstallSnapshotReply reply) {
    withSender(
        reply.sentNanos(),
        progress -> {
          progress.contact(reply.sentNanos());
          SnapshotDescriptor sending = progress.snapshot();
          if (reply.done()) {
            progress.matched(reply.snapshotIndex());
            if (progress.mode() == Progress.Mode.SNAPSHOT) {
              progress.probeAt(progress.matchIndex() + 1);
            }
            send(progress);
          } else if (sending != null
              && sending.index() == reply.snapshotIndex()
              && progress.partAnswered(reply.sentNanos(), reply.nextOffset())) {
            askForPart(progress);
          }
        });
  }
}

package io.pekkoraft.role;

import io.pekkoraft.log.EntrySlice;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.NodeCommand.SnapshotPartRead;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.HeartbeatReply;
import io.pekkoraft.message.PeerMessage.InstallSnapshot;
import io.pekkoraft.message.PeerMessage.InstallSnapshotReply;
import io.pekkoraft.rules.Quorum;
import io.pekkoraft.state.RaftLog;
import java.util.ArrayList;
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
  private final long neverNanos;

  /**
   * @param nextIndex where to look first: after the log's present end
   */
  Replication(NodeContext node, long nextIndex) {
    this.node = node;
    this.neverNanos = node.monotonicNanos() - 2 * node.settings().electionTimeoutNanos();
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
              ? nowNanos
              : progress == null ? neverNanos : progress.ackedSentNanos();
        });
  }

  private @Nullable Progress progress(NodeId id) {
    for (Progress progress : followers) {
      if (progress.follower.equals(id)) {
        return progress;
      }
    }
    return null;
  }

  private void withSender(Consumer<Progress> handler) {
    Progress progress = progress(node.sender());
    if (progress != null) {
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
      long now = node.monotonicNanos();
      node.send(
          progress.follower,
          new AppendEntries(node.state().term(), slice, node.state().commitIndex(), now));
      progress.sent(slice.lastIndex(), now);
    }
  }

  /**
   * A heartbeat names no index beyond what the follower is known to have: it validates nothing by
   * itself.
   */
  void sendHeartbeats() {
    long now = node.monotonicNanos();
    for (Progress progress : followers) {
      long commit = Math.min(node.state().commitIndex(), progress.matchIndex());
      node.send(progress.follower, new Heartbeat(node.state().term(), commit, now));
      if (progress.mode() == Progress.Mode.SNAPSHOT
          && now - progress.partSentNanos() >= node.settings().electionTimeoutNanos()) {
        askForPart(progress);
      }
    }
  }

  // --- answers

  void onHeartbeatReply(HeartbeatReply reply) {
    withSender(
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
    long now = node.monotonicNanos();
    progress.partSent(now);
    node.send(
        read.follower(),
        new InstallSnapshot(
            node.state().term(), read.snapshot(), read.offset(), read.bytes(), now));
  }

  void onInstallReply(InstallSnapshotReply reply) {
    withSender(
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

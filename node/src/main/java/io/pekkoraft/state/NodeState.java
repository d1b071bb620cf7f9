package io.pekkoraft.state;

import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows and must not forget, as the fold of its events, and the one thing it may
 * forget: how far the log is committed (Raft, Figure 2). Belongs to the node's actor.
 */
public final class NodeState {
  private final RaftLog log = new RaftLog();
  private HardState hardState = HardState.INITIAL;
  private Configuration configuration;
  private @Nullable SnapshotDescriptor snapshot;
  private long commitIndex;

  /**
   * @param configuration the members that the group was formed with
   */
  public NodeState(Configuration configuration) {
    this.configuration = configuration;
  }

  public long term() {
    return hardState.term();
  }

  public @Nullable NodeId votedFor() {
    return hardState.votedFor();
  }

  public HardState hardState() {
    return hardState;
  }

  public RaftLog log() {
    return log;
  }

  public Configuration configuration() {
    return configuration;
  }

  /** The newest snapshot, own or received, or null. */
  public @Nullable SnapshotDescriptor snapshot() {
    return snapshot;
  }

  public long snapshotIndex() {
    return snapshot == null ? 0 : snapshot.index();
  }

  /** Highest entry known to be committed; volatile. */
  public long commitIndex() {
    return commitIndex;
  }

  /**
   * Notes that entries up to {@code index} are committed.
   *
   * @return true if that is news
   * @throws IllegalArgumentException if the log does not reach so far
   */
  public boolean commitTo(long index) {
    if (index <= commitIndex) {
      return false;
    }
    if (index > log.lastIndex()) {
      throw new IllegalArgumentException("commit " + index + " is beyond the end of " + log);
    }
    commitIndex = index;
    return true;
  }

  /**
   * Folds an event in. Live operation and recovery go through here and nowhere else.
   *
   * @throws IllegalArgumentException if the event cannot follow this state
   */
  public void apply(RaftEvent event) {
    if (event instanceof RaftEvent.EntriesAppended appended) {
      log.append(appended.entries());
    } else if (event instanceof RaftEvent.TermAdvanced advanced) {
      onTermAdvanced(advanced);
    } else if (event instanceof RaftEvent.VoteCast cast) {
      onVoteCast(cast);
    } else if (event instanceof RaftEvent.LogTruncated truncated) {
      onLogTruncated(truncated);
    } else if (event instanceof RaftEvent.SnapshotInstalled installed) {
      onSnapshotInstalled(installed.snapshot());
    } else if (event instanceof RaftEvent.LogCompacted compacted) {
      onLogCompacted(compacted);
    } else {
      throw new IllegalArgumentException("unknown event " + event);
    }
  }

  private void onTermAdvanced(RaftEvent.TermAdvanced advanced) {
    if (advanced.term() <= term()) {
      throw new IllegalArgumentException("term " + advanced.term() + " does not follow " + term());
    }
    hardState = new HardState(advanced.term(), null);
  }

  private void onVoteCast(RaftEvent.VoteCast cast) {
    NodeId votedFor = hardState.votedFor();
    if (cast.term() != term() || (votedFor != null && !votedFor.equals(cast.candidate()))) {
      throw new IllegalArgumentException(cast + " cannot follow " + hardState);
    }
    hardState = new HardState(cast.term(), cast.candidate());
  }

  private void onLogTruncated(RaftEvent.LogTruncated truncated) {
    if (truncated.fromIndex() <= commitIndex) {
      throw new IllegalArgumentException(
          "cannot truncate from " + truncated.fromIndex() + ": committed to " + commitIndex);
    }
    log.truncateFrom(truncated.fromIndex());
  }

  private void onSnapshotInstalled(SnapshotDescriptor installed) {
    if (installed.index() <= commitIndex) {
      throw new IllegalArgumentException(
          "snapshot " + installed.index() + " is not newer than commit " + commitIndex);
    }
    log.restartAt(installed.position(), installed.chainHash());
    snapshot = installed;
    configuration = installed.configuration();
    commitIndex = Math.max(commitIndex, installed.index());
  }

  private void onLogCompacted(RaftEvent.LogCompacted compacted) {
    if (compacted.firstIndex() > compacted.snapshot().index() + 1) {
      throw new IllegalArgumentException(compacted + " would leave a hole");
    }
    log.dropTo(compacted.firstIndex() - 1);
    snapshot = compacted.snapshot();
  }
}

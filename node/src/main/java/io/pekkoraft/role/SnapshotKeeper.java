package io.pekkoraft.role;

import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.NodeCommand.SnapshotTaken;
import io.pekkoraft.state.NodeState;
import io.pekkoraft.state.RaftEvent;
import io.pekkoraft.state.RaftLog;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the log within its memory: has snapshots taken of what is applied, and drops what they
 * cover (Raft 7).
 */
public final class SnapshotKeeper {

  /**
   * A log in memory that outgrows its room by this factor, because applying or snapshots lag, takes
   * no more commands.
   */
  private static final int MAX_ROOMS = 4;

  /**
   * After a failure, while commands are taken all the same: an attempt holds up the state machine.
   */
  private static final int PAUSE_ELECTION_TIMEOUTS = 10;

  /** While only a snapshot makes room for commands: they wait for whoever mends the disk. */
  private static final int PAUSE_WITHOUT_ROOM_ELECTION_TIMEOUTS = 1;

  private final NodeContext node;
  private long appliedIndex;
  private boolean taking;
  private @Nullable Long failedNanos;
  private @Nullable SnapshotTaken waitingForJournal;
  private @Nullable SnapshotDescriptor installed;

  SnapshotKeeper(NodeContext node) {
    this.node = node;
  }

  public long appliedIndex() {
    return appliedIndex;
  }

  /** Whether the log may take more commands. */
  boolean hasRoom() {
    return node.state().log().retainedBytes() <= MAX_ROOMS * node.settings().retainedLogBytes();
  }

  void applied(long index) {
    appliedIndex = Math.max(appliedIndex, index);
    journalAdvanced();
    takeIfFull();
  }

  /** A snapshot could not be written; it is tried again after a while. */
  void notTaken() {
    taking = false;
    failedNanos = node.monotonicNanos();
  }

  /** Called when entries were applied, and now and then. */
  void takeIfFull() {
    NodeState state = node.state();
    boolean full = state.log().retainedBytes() > node.settings().retainedLogBytes();
    if (full && !taking && appliedIndex > state.snapshotIndex() && mayTry()) {
      taking = true;
      node.ports().takeSnapshot();
    }
  }

  private boolean mayTry() {
    int pause = hasRoom() ? PAUSE_ELECTION_TIMEOUTS : PAUSE_WITHOUT_ROOM_ELECTION_TIMEOUTS;
    long pauseNanos = pause * node.settings().electionTimeoutNanos();
    return failedNanos == null || node.monotonicNanos() - failedNanos >= pauseNanos;
  }

  void taken(SnapshotTaken snapshot) {
    failedNanos = null;
    waitingForJournal = snapshot;
    journalAdvanced();
  }

  /**
   * A received snapshot was recorded; the journal is cut once it has that on disk and the state
   * machine has read it: before, it may still have to read the file of an earlier one, which a cut
   * removes.
   */
  void installed(SnapshotDescriptor snapshot) {
    installed = snapshot;
  }

  /**
   * A snapshot takes the place of entries only once those are durable here: the journal is cut at a
   * batch it has.
   */
  void journalAdvanced() {
    SnapshotDescriptor received = installed;
    if (received != null
        && node.durableIndex() >= received.index()
        && appliedIndex >= received.index()) {
      installed = null;
      node.ports().compact(received);
    }
    compactTaken();
  }

  private void compactTaken() {
    SnapshotTaken snapshot = waitingForJournal;
    if (snapshot == null) {
      return;
    }
    NodeState state = node.state();
    boolean overtaken = snapshot.index() <= state.snapshotIndex();
    if (!overtaken && node.durableIndex() < snapshot.index()) {
      return;
    }
    waitingForJournal = null;
    taking = false;
    if (!overtaken) {
      compact(state, snapshot);
    }
    takeIfFull(); // the log may have outgrown its room again, and nothing more be applied
  }

  private void compact(NodeState state, SnapshotTaken taken) {
    RaftLog log = state.log();
    LogPosition position = new LogPosition(log.termAt(taken.index()), taken.index());
    SnapshotDescriptor snapshot =
        new SnapshotDescriptor(
            position,
            log.hashAt(taken.index()),
            state.configuration(),
            taken.file(),
            taken.length(),
            taken.contentHash());
    node.record(new RaftEvent.LogCompacted(snapshot, firstIndexToKeep(log, taken.index())));
    node.ports().compact(snapshot);
  }

  /**
   * Followers that are a little behind are served from the log: up to half of the room stays filled
   * with what is covered.
   */
  private long firstIndexToKeep(RaftLog log, long snapshotIndex) {
    long room = node.settings().retainedLogBytes() / 2;
    for (long index = log.lastIndex(); index > snapshotIndex; index--) {
      room -= log.entry(index).heapBytes();
    }
    long first = snapshotIndex + 1;
    while (first > log.firstIndex() && room >= log.entry(first - 1).heapBytes()) {
      first--;
      room -= log.entry(first).heapBytes();
    }
    return first;
  }
}

package io.pekkoraft.role;

import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What a leader knows of one follower's log (Raft, Figure 2, "Volatile state on leaders"). */
final class Progress {

  enum Mode {
    /** It is not known where the logs meet: one append at a time. */
    PROBE,
    /** The logs meet: appends are sent ahead of their answers, in a window. */
    REPLICATE,
    /** What the follower needs is no longer in the log: the snapshot is sent in parts. */
    SNAPSHOT
  }

  final NodeId follower;
  private final Deque<Long> inflight = new ArrayDeque<>();
  private Mode mode = Mode.PROBE;
  private long matchIndex;
  private long nextIndex;
  private boolean probeOut;
  private boolean probesKnownMatch;
  private long appendSentNanos;
  private long ackedSentNanos;
  private @Nullable SnapshotDescriptor snapshot;
  private long snapshotOffset;
  private boolean partOut;
  private long partSentNanos;

  /**
   * @param nextIndex the first guess: the leader's end
   * @param neverNanos a time so long ago that an acknowledgement of then counts for nothing
   */
  Progress(NodeId follower, long nextIndex, long neverNanos) {
    this.follower = follower;
    this.nextIndex = nextIndex;
    this.appendSentNanos = neverNanos;
    this.ackedSentNanos = neverNanos;
  }

  Mode mode() {
    return mode;
  }

  long matchIndex() {
    return matchIndex;
  }

  long nextIndex() {
    return nextIndex;
  }

  /** What the newest append shows; a time long ago if there was none. */
  long appendSentNanos() {
    return appendSentNanos;
  }

  /** When the newest message was sent that this follower acknowledged. */
  long ackedSentNanos() {
    return ackedSentNanos;
  }

  void contact(long sentNanos) {
    if (sentNanos - ackedSentNanos > 0) {
      ackedSentNanos = sentNanos;
    }
  }

  boolean maySend(int maxInflight) {
    return switch (mode) {
      case PROBE -> !probeOut;
      case REPLICATE -> inflight.size() < maxInflight;
      case SNAPSHOT -> false;
    };
  }

  void sent(long lastIndex, long nowNanos) {
    appendSentNanos = nowNanos;
    if (mode == Mode.PROBE) {
      probeOut = true;
      probesKnownMatch = nextIndex - 1 == matchIndex;
    } else {
      nextIndex = lastIndex + 1;
      inflight.addLast(lastIndex);
    }
  }

  /**
   * The follower's log on disk matches up to {@code index}. Never takes anything back.
   *
   * @return true if that is news
   */
  boolean matched(long index) {
    while (!inflight.isEmpty() && inflight.peekFirst() <= index) {
      inflight.removeFirst();
    }
    boolean news = index > matchIndex;
    matchIndex = Math.max(matchIndex, index);
    nextIndex = Math.max(nextIndex, matchIndex + 1);
    return news;
  }

  /** An append was accepted: the logs meet. */
  void accepted() {
    if (mode == Mode.PROBE) {
      nextIndex = matchIndex + 1;
      mode = Mode.REPLICATE;
      inflight.clear();
    }
  }

  /**
   * True if a refusal of the append after {@code previousIndex} is about what was sent last, not
   * about something older.
   */
  boolean isRefused(long previousIndex) {
    return switch (mode) {
      case PROBE -> previousIndex == nextIndex - 1;
      case REPLICATE -> previousIndex > matchIndex && previousIndex < nextIndex;
      case SNAPSHOT -> false;
    };
  }

  /**
   * True if the follower refuses the probe sent last, though that began where it had already
   * acknowledged the log. No order of messages explains this.
   */
  boolean contradicts(long previousIndex, long sentNanos) {
    return mode == Mode.PROBE
        && probesKnownMatch
        && sentNanos == appendSentNanos
        && previousIndex == matchIndex;
  }

  /** Looks for where the logs meet, from {@code index} on; never below what is known to match. */
  void probeAt(long index) {
    mode = Mode.PROBE;
    probeOut = false;
    nextIndex = Math.max(index, matchIndex + 1);
    inflight.clear();
    snapshot = null;
  }

  /**
   * A heartbeat that was sent after the newest append has been answered.
   *
   * @param lastIndex up to where the follower has found the logs to match, durably or not
   * @return true if an append has been lost, or what the follower knew of the match
   */
  boolean lostSomething(long heartbeatSentNanos, long lastIndex) {
    if (heartbeatSentNanos - appendSentNanos < 0) {
      return false;
    }
    return switch (mode) {
      case PROBE -> probeOut;
      case REPLICATE -> lastIndex < nextIndex - 1;
      case SNAPSHOT -> false;
    };
  }

  // --- snapshot

  void startSnapshot(SnapshotDescriptor descriptor) {
    mode = Mode.SNAPSHOT;
    inflight.clear();
    snapshot = descriptor;
    snapshotOffset = 0;
  }

  @Nullable SnapshotDescriptor snapshot() {
    return snapshot;
  }

  long snapshotOffset() {
    return snapshotOffset;
  }

  /**
   * The part sent last was answered.
   *
   * @param sentNanos when the answered part was sent
   * @return false if that is another part, or was answered before: each part has one successor
   */
  boolean partAnswered(long sentNanos, long nextOffset) {
    if (!partOut || sentNanos != partSentNanos) {
      return false;
    }
    partOut = false;
    snapshotOffset = nextOffset;
    return true;
  }

  void partAskedFor(long nowNanos) {
    partOut = false;
    partSentNanos = nowNanos;
  }

  void partSent(long nowNanos) {
    partOut = true;
    partSentNanos = nowNanos;
  }

  long partSentNanos() {
    return partSentNanos;
  }
}

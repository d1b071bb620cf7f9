package io.pekkoraft.role;

import io.pekkoraft.log.NodeId;
import java.util.Map;

/**
 * Tells a forwarded request from its duplicate. The network may deliver one twice, and the second
 * time this node may have another role: it must neither take effect again nor be refused as not
 * done.
 *
 * <p>Per life of a client's node a window of numbers, as reordering is local. What is below the
 * window is dropped like a duplicate: whoever waits for it learns at its deadline that its outcome
 * is unknown.
 */
final class ForwardedOnce {
  /** Numbers that a request may be overtaken by, and still be taken. */
  static final int WINDOW = 4096;

  /** Lives that are remembered, of all peers together. */
  private static final int LIVES = 64;

  private record Life(NodeId peer, long life) {}

  private static final class Seen {
    final long[] bits = new long[WINDOW / Long.SIZE];
    long highest;
  }

  private final Map<Life, Seen> lives = PeerLives.leastRecentlyUsed(LIVES);

  /**
   * @return true the first time
   */
  boolean isFirst(NodeId peer, long life, long requestId) {
    Seen seen = lives.computeIfAbsent(new Life(peer, life), unheard -> new Seen());
    if (requestId <= seen.highest - WINDOW) {
      return false;
    }
    long from = Math.max(seen.highest + 1, requestId - WINDOW + 1);
    for (long skipped = from; skipped <= requestId; skipped++) {
      seen.bits[word(skipped)] &= ~bit(skipped);
    }
    seen.highest = Math.max(seen.highest, requestId);
    boolean first = (seen.bits[word(requestId)] & bit(requestId)) == 0;
    seen.bits[word(requestId)] |= bit(requestId);
    return first;
  }

  private static int word(long requestId) {
    return (int) Math.floorMod(requestId, (long) WINDOW) / Long.SIZE;
  }

  private static long bit(long requestId) {
    return 1L << requestId;
  }
}

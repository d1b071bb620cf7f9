package io.pekkoraft.role;

import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.Header;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which start of each peer was heard last: messages to it are addressed to that one.
 *
 * <p>Lives have no order, so a late message of an earlier life looks like a newer one. It is
 * believed: its term, round and promises are judged as ever, and the next message of the present
 * life puts the address right. To call a life over for good would be a guess, and a wrong one would
 * silence the peer until its next restart.
 */
final class PeerLives {
  /** More than a group has members; strangers push each other out. */
  private static final int REMEMBERED = 64;

  private final Map<NodeId, Long> peers = leastRecentlyUsed(REMEMBERED);

  /**
   * @return true if the peer was known by another life until now
   */
  boolean heard(NodeId peer, long life) {
    Long before = peers.put(peer, life);
    return before != null && before != life;
  }

  /** {@link Header#UNKNOWN_LIFE} if it was not heard. */
  long of(NodeId peer) {
    return peers.getOrDefault(peer, Header.UNKNOWN_LIFE);
  }

  int size() {
    return peers.size();
  }

  /** A map that forgets the entry that was used longest ago. */
  static <K, V> Map<K, V> leastRecentlyUsed(int capacity) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > capacity;
      }
    };
  }
}

package io.pekkoraft.role;

import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.Header;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Which start of each peer is the present one, as far as heard. A life that was followed by another
 * never counts again.
 */
final class PeerLives {
  private static final int REMEMBERED = 32;

  private static final class Lives {
    long present = Header.UNKNOWN_LIFE;
    final Deque<Long> over = new ArrayDeque<>();
  }

  /** What a message says about its sender's life. */
  enum Heard {
    SAME,
    NEW,
    OVER
  }

  private final Map<NodeId, Lives> peers = new HashMap<>();

  Heard heard(NodeId peer, long life) {
    Lives lives = peers.computeIfAbsent(peer, id -> new Lives());
    if (lives.present == life) {
      return Heard.SAME;
    }
    if (lives.over.contains(life)) {
      return Heard.OVER;
    }
    boolean first = lives.present == Header.UNKNOWN_LIFE;
    if (!first) {
      lives.over.addLast(lives.present);
      if (lives.over.size() > REMEMBERED) {
        lives.over.removeFirst();
      }
    }
    lives.present = life;
    return first ? Heard.SAME : Heard.NEW;
  }

  long of(NodeId peer) {
    Lives lives = peers.get(peer);
    return lives == null ? Header.UNKNOWN_LIFE : lives.present;
  }
}

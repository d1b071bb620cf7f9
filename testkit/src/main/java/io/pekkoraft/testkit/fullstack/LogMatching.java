package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import java.util.HashMap;
import java.util.Map;

/**
 * Two entries with the same index and term are the same, and so is all before them (I3), wherever
 * they are seen: on a disk or in a message. Their chain hashes say so.
 */
final class LogMatching {
  private final VirtualWorld world;
  private final Map<LogPosition, Long> hashes = new HashMap<>();

  LogMatching(VirtualWorld world) {
    this.world = world;
  }

  /**
   * @param where for the report
   */
  void note(String where, LogEntry entry) {
    note(where, entry.position(), entry.hash());
  }

  void note(String where, LogPosition position, long hash) {
    Long before = hashes.putIfAbsent(position, hash);
    if (before != null && before != hash) {
      world.violation("I3 log matching", where + " has another entry at " + position);
    }
  }
}

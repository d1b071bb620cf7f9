package io.pekkoraft.persistence;

import io.pekkoraft.log.ChainHash;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent.Founded;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A node's life as its journal sees it: appends, truncations above the commit index, received
 * snapshots, votes; drawn from a seed.
 */
final class RandomJournal {
  static final Configuration CONFIGURATION =
      new Configuration(
          List.of(
              new Member(NodeId.of("a"), 11, "pekko://shop@10.0.0.1:7355"),
              new Member(NodeId.of("b"), 12, "pekko://shop@10.0.0.2:7355"),
              new Member(NodeId.of("c"), 13, "pekko://shop@10.0.0.3:7355")));
  static final Founded FOUNDED =
      new Founded(new GroupIdentity("shop", "orders", 77), NodeId.of("a"), 11, CONFIGURATION);

  private final Random random;
  private final TreeMap<Long, LogEntry> log = new TreeMap<>();
  private long baseHash = ChainHash.EMPTY;
  private LogPosition base = LogPosition.ZERO;
  private long commit;
  private HardState hardState = HardState.INITIAL;

  RandomJournal(long seed) {
    this.random = new Random(seed);
  }

  LogBatch next() {
    if (random.nextInt(4) == 0) {
      NodeId vote = random.nextBoolean() ? NodeId.of(random.nextBoolean() ? "a" : "b") : null;
      hardState = new HardState(hardState.term() + 1 + random.nextInt(3), vote);
    }
    if (hardState.term() == 0 || random.nextInt(6) == 0) {
      return new LogBatch(hardState, null, 0, List.of());
    }
    SnapshotDescriptor received = random.nextInt(12) == 0 ? receive() : null;
    long truncateFrom = 0;
    if (random.nextInt(5) == 0 && lastIndex() > commit) {
      truncateFrom = commit + 1 + random.nextInt((int) (lastIndex() - commit));
      log.tailMap(truncateFrom, true).clear();
    }
    List<LogEntry> entries = entries(random.nextInt(6));
    entries.forEach(entry -> log.put(entry.index(), entry));
    if (lastIndex() > commit) {
      commit += random.nextInt((int) (lastIndex() - commit) + 1);
    }
    return new LogBatch(hardState, received, truncateFrom, entries);
  }

  private SnapshotDescriptor receive() {
    base = new LogPosition(hardState.term(), lastIndex() + 1 + random.nextInt(10));
    baseHash = random.nextLong();
    commit = base.index();
    log.clear();
    return new SnapshotDescriptor(base, baseHash, CONFIGURATION, "in-" + base.index(), 9, "ab");
  }

  private List<LogEntry> entries(int count) {
    List<LogEntry> entries = new ArrayList<>();
    long hash = hash(lastIndex());
    for (int i = 0; i < count; i++) {
      byte[] payload = new byte[random.nextInt(40)];
      random.nextBytes(payload);
      LogEntry.Kind kind = random.nextInt(9) == 0 ? LogEntry.Kind.NO_OP : LogEntry.Kind.COMMAND;
      LogEntry entry =
          LogEntry.following(hash, lastIndex() + 1 + i, hardState.term(), kind, payload);
      entries.add(entry);
      hash = entry.hash();
    }
    return entries;
  }

  /** A snapshot of some committed entry, or null if there is none in the log. */
  @Nullable SnapshotDescriptor takeSnapshot() {
    LogEntry entry = log.get(base.index() + 1 + random.nextInt(10));
    if (entry == null || entry.index() > commit) {
      return null;
    }
    return new SnapshotDescriptor(
        entry.position(), entry.hash(), CONFIGURATION, "own-" + entry.index(), 10, "cd");
  }

  HardState hardState() {
    return hardState;
  }

  /** The entries above an index. */
  List<LogEntry> above(long index) {
    return List.copyOf(log.tailMap(index, false).values());
  }

  long lastIndex() {
    return log.isEmpty() ? base.index() : log.lastKey();
  }

  private long hash(long index) {
    LogEntry entry = log.get(index);
    return entry == null ? baseHash : entry.hash();
  }
}

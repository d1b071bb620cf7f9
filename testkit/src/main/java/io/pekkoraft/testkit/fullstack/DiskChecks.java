package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.log.HardState;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.testkit.fullstack.DurableLog.StateMark;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Compares what is on the disks for sure: with what was there before, with one another, and with
 * what is known to be committed. Each disk is read anew when something was flushed.
 */
final class DiskChecks {
  private final VirtualWorld world;
  private final List<Machine> machines;
  private final Function<Machine, DurableLog> read;
  private final LogMatching matching;
  private final ClientHistory history;
  private final Map<String, Long> versions = new HashMap<>();
  private final Map<String, DurableLog> logs = new HashMap<>();

  /** Chain hashes by index, wherever somebody said that so much is committed. */
  private final TreeMap<Long, Long> committed = new TreeMap<>();

  /** The highest index that each has said as a leader. */
  private final Map<String, Long> committedByLeader = new HashMap<>();

  /** What has taken a member's log from it, by name. */
  private final Map<String, String> lost = new HashMap<>();

  private long looks;

  /**
   * @param read what is on a machine's disk for sure
   */
  DiskChecks(
      VirtualWorld world,
      List<Machine> machines,
      Function<Machine, DurableLog> read,
      LogMatching matching,
      ClientHistory history) {
    this.world = world;
    this.machines = machines;
    this.read = read;
    this.matching = matching;
    this.history = history;
  }

  /** How often a disk was looked at. */
  long looks() {
    return looks;
  }

  /** Looks at a disk, and compares it with what was there before. */
  DurableLog look(Machine machine) {
    String name = machine.name();
    Long version = machine.disk().version();
    if (!version.equals(versions.get(name)) && !lost.containsKey(name)) {
      versions.put(name, version);
      DurableLog now = read.apply(machine);
      DurableLog before = logs.put(name, now);
      for (DurableLog.Defect defect : now.defects()) {
        world.violation(defect.invariant(), name + ": " + defect.what());
      }
      if (before != null) {
        compareHardState(name, before.hardState(), now.hardState());
        compareCommitted(name, before, now);
      }
      match(name, before, now);
      compareState(name, before, now);
    }
    looks++;
    return Objects.requireNonNull(logs.get(name));
  }

  private void compareHardState(String name, HardState before, HardState now) {
    if (now.term() < before.term()) {
      world.violation(
          "I9 the term on a disk never falls", name + ": from " + before + " to " + now);
    } else if (now.term() == before.term()
        && before.votedFor() != null
        && !before.votedFor().equals(now.votedFor())) {
      world.violation(
          "I10 a vote on a disk stays in its term", name + ": from " + before + " to " + now);
    }
  }

  /** What was there, and is committed, is there. */
  private void compareCommitted(String name, DurableLog before, DurableLog now) {
    Map.Entry<Long, Long> last = committed.floorEntry(before.lastIndex());
    if (last != null && last.getValue().equals(before.hash(last.getKey()))) {
      Long hash = now.hash(last.getKey());
      if (!now.holds(last.getKey()) || (hash != null && !hash.equals(last.getValue()))) {
        world.violation(
            "I6 what is committed stays on a disk",
            name + " had " + last.getKey() + " and ends at " + end(now));
      }
    }
  }

  private void match(String name, @Nullable DurableLog before, DurableLog now) {
    for (LogEntry entry : now.entries().values()) {
      LogEntry known = before == null ? null : before.entries().get(entry.index());
      if (known == null || known.hash() != entry.hash()) {
        matching.note(name + "'s disk", entry);
      }
    }
  }

  /** What a snapshot's file says of itself is what its descriptor says. */
  private void compareState(String name, @Nullable DurableLog before, DurableLog now) {
    SnapshotDescriptor snapshot = now.snapshot();
    StateMark state = now.state();
    boolean known = before != null && Objects.equals(before.state(), state);
    if (snapshot != null && state != null && !now.isStateDamaged() && !known) {
      StateMark expected = history.stateAt(snapshot.index());
      if (!state.equals(expected)) {
        world.violation(
            "I27 a snapshot holds the state of its index",
            name + ": " + snapshot + " holds " + state + ", not " + expected);
      }
    }
  }

  /**
   * Some of what was for sure on a disk is not there any more. What its member has promised, and
   * what others have made of that, stands on what was there when it was looked at last: that is
   * what counts from now on. The member itself may not promise anything any more.
   *
   * @param what has happened
   */
  void lost(Machine machine, String what) {
    lost.put(machine.name(), what);
  }

  boolean isLost(String name) {
    return lost.containsKey(name);
  }

  /** A member takes part in its group. */
  void takesPart(Machine machine, Object how) {
    String what = lost.get(machine.name());
    if (what != null) {
      world.violation(
          "I28 a member whose log is damaged takes no part",
          machine.name() + " after this: " + what + "; " + how);
    }
  }

  /** What was there when it was looked at last; null if it never was. */
  @Nullable DurableLog lastLook(Machine machine) {
    return logs.get(machine.name());
  }

  /** A file of a snapshot is about to go. */
  void deletes(Machine machine, String file) {
    SnapshotDescriptor needed = look(machine).snapshot();
    if (needed != null && needed.file().equals(file)) {
      world.violation(
          "a snapshot's file is there", machine.name() + " deletes it before another is stored");
    }
  }

  /** The newest entry that is known to be committed, and its hash. */
  Map.@Nullable Entry<Long, Long> lastCommitted() {
    return committed.lastEntry();
  }

  /** A member says, or knows, that so much is committed. */
  void committed(Machine from, long index) {
    if (index == 0 || (!committed.isEmpty() && index <= committed.lastKey())) {
      return;
    }
    Map<Long, Integer> copies = new HashMap<>();
    int snapshots = 0;
    for (Machine machine : machines) {
      DurableLog log = look(machine);
      Long hash = log.hash(index);
      if (hash != null) {
        copies.merge(hash, 1, Integer::sum);
      } else if (log.holds(index)) {
        snapshots++;
      }
    }
    Long agreed = null;
    for (Map.Entry<Long, Integer> copy : copies.entrySet()) {
      if (copy.getValue() + snapshots > machines.size() / 2) {
        agreed = copy.getKey();
      }
    }
    if (agreed == null) {
      world.violation(
          "I7 a commit needs a durable quorum",
          from.name() + " says that " + index + " is committed; copies " + copies);
    } else {
      committed.put(index, agreed);
    }
  }

  /** A leader's own copy, if it has one yet, is what is committed: it has never been another. */
  void committedByLeader(Machine leader, long index) {
    if (index <= committedByLeader.getOrDefault(leader.name(), 0L)) {
      return;
    }
    committedByLeader.put(leader.name(), index);
    committed(leader, index);
    Long agreed = committed.get(index);
    Long own = agreed == null ? null : look(leader).hash(index);
    if (own != null && !own.equals(agreed)) {
      world.violation(
          "I6 what is committed is the same everywhere",
          leader.name() + " commits " + index + " and has another entry there");
    }
  }

  static String end(DurableLog log) {
    return (log.entries().isEmpty() ? "nothing" : log.entries().lastKey().toString())
        + ", snapshot "
        + (log.snapshot() == null ? "none" : log.snapshot().index());
  }
}

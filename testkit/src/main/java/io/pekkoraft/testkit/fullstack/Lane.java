package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.log.HardState;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.role.Role;
import io.pekkoraft.state.NodeState;
import io.pekkoraft.testkit.picture.Recording;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** A machine in a picture: how its process, its member and its disk are. */
final class Lane {
  /** The page knows these names. */
  static final List<String> FIELDS =
      List.of(
          "process",
          "role",
          "term",
          "vote",
          "leader",
          "last",
          "commit",
          "snapshot",
          "disk last",
          "disk term",
          "disk vote",
          "disk",
          "acts",
          "behind");

  /** A singleton's instance. */
  record Instance(String singleton, long token) {
    @Override
    public String toString() {
      return singleton + " " + token;
    }
  }

  final int number;
  final Machine machine;

  /** Requests that are not answered. */
  final Set<Recording.Operation> open = new LinkedHashSet<>();

  final Set<Instance> instances = new LinkedHashSet<>();
  private @Nullable HeardMember member;
  private @Nullable NodeId leader;
  private @Nullable LogPosition last;
  private @Nullable String lastInWords;
  private final @Nullable Object[] values = new @Nullable Object[FIELDS.size()];

  Lane(int number, Machine machine) {
    this.number = number;
    this.machine = machine;
  }

  /** Another member is shown on this lane from now on. */
  void shows(HeardMember started) {
    if (started != member) {
      member = started;
      leader = null;
    }
  }

  void leaderKnown(@Nullable NodeId known) {
    leader = known;
  }

  /**
   * How it is now, one value for each field; the same array each time.
   *
   * @param newestToken of a singleton
   * @param disk what is known to be on its disk for sure, or null
   */
  @Nullable Object[] look(ToLongFunction<String> newestToken, @Nullable DurableLog disk) {
    boolean runs = machine.isRunning();
    values[0] = !runs ? "down" : machine.isPaused() ? "paused" : "runs";
    Role role = runs && member != null && member.life() == machine.life() ? member.role() : null;
    lookAt(role);
    HardState hard = disk == null ? null : disk.hardState();
    values[8] = disk == null ? null : (Long) disk.lastIndex();
    values[9] = hard == null ? null : (Long) hard.term();
    values[10] = hard == null ? null : name(hard.votedFor());
    values[11] = machine.disk().trouble();
    List<Instance> acts = new ArrayList<>(0);
    List<Instance> behind = new ArrayList<>(0);
    for (Instance one : instances) {
      (one.token() < newestToken.applyAsLong(one.singleton()) ? behind : acts).add(one);
    }
    values[12] = words(acts);
    values[13] = words(behind);
    return values;
  }

  private void lookAt(@Nullable Role role) {
    if (role == null) {
      for (int i = 1; i < 8; i++) {
        values[i] = null;
      }
      return;
    }
    NodeState state = role.state();
    LogPosition end = state.log().last();
    if (!end.equals(last)) {
      last = end;
      lastInWords = end.toString();
    }
    values[1] = role.kind().name();
    values[2] = state.term();
    values[3] = name(state.votedFor());
    values[4] = name(leader);
    values[5] = lastInWords;
    values[6] = state.commitIndex();
    values[7] = state.snapshotIndex();
  }

  private static @Nullable String name(@Nullable NodeId node) {
    return node == null ? null : node.value();
  }

  private static @Nullable String words(List<Instance> instances) {
    return instances.isEmpty()
        ? null
        : String.join(", ", instances.stream().map(Instance::toString).toList());
  }
}

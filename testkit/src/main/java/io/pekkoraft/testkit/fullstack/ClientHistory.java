package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.testkit.fullstack.DurableLog.StateMark;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What members applied, and what clients were told: all members the same, in one order, and nothing
 * that was not proposed.
 */
final class ClientHistory {
  private final VirtualWorld world;
  private final TreeMap<Long, Applied> applied = new TreeMap<>();
  private final Map<ByteBuffer, Tally> tallies = new HashMap<>();
  private final List<Integer> counts = new ArrayList<>(List.of(0, 0, 0));

  @SuppressWarnings("ArrayRecordComponent") // compared by their content, in one place
  private record Applied(byte[] command, byte[] result, long chain) {}

  /** Of equal commands: how many were proposed, may take effect, and were applied. */
  private static final class Tally {
    private int possible;
    private int applied;
  }

  ClientHistory(VirtualWorld world) {
    this.world = world;
  }

  int acknowledged() {
    return counts.get(0);
  }

  int indeterminate() {
    return counts.get(1);
  }

  int refused() {
    return counts.get(2);
  }

  /** The last index that any member has applied; 0 if there is none. */
  long lastApplied() {
    return applied.isEmpty() ? 0 : applied.lastKey();
  }

  /** The state after all commands up to {@code index}, which some member has applied. */
  StateMark stateAt(long index) {
    Map.Entry<Long, Applied> last = applied.floorEntry(index);
    return last == null ? new StateMark(0, 0) : new StateMark(last.getKey(), last.getValue().chain);
  }

  void proposed(byte[] command) {
    tally(command).possible++;
  }

  private Tally tally(byte[] command) {
    return tallies.computeIfAbsent(ByteBuffer.wrap(command), absent -> new Tally());
  }

  void answered(byte[] command, Outcome outcome) {
    if (outcome instanceof Outcome.Committed committed) {
      count(0);
      Applied there = applied.get(committed.index());
      if (there == null || !Arrays.equals(there.command, command)) {
        world.violation(
            "I17 what is acknowledged is committed", outcome + " is not what was proposed");
      } else if (!Arrays.equals(there.result, committed.result())) {
        world.violation("I17 the answer is the result", outcome.toString());
      }
    } else if (outcome instanceof Outcome.Indeterminate) {
      count(1);
    } else {
      count(2);
      Tally tally = tally(command);
      tally.possible--;
      check(tally, outcome);
    }
    world.trace().mix(outcome.getClass().getSimpleName());
  }

  private void count(int what) {
    counts.set(what, counts.get(what) + 1);
  }

  private void check(Tally tally, Object what) {
    if (tally.applied > tally.possible) {
      world.violation(
          "I19 nothing is applied but what was proposed and did not fail for certain",
          what.toString());
    }
  }

  /**
   * A member has applied a command.
   *
   * @param chain of all that this member has applied up to and with it
   */
  void applied(Machine machine, long index, byte[] command, byte[] result, long chain) {
    Applied first = applied.get(index);
    if (first == null) {
      if (index < lastApplied()) {
        world.violation(
            "I5 all members apply the same",
            machine.name() + " applies " + index + ", which others left out");
      }
      applied.put(index, new Applied(command.clone(), result.clone(), chain));
      Tally tally = tally(command);
      tally.applied++;
      check(tally, "applied at " + index);
    } else if (first.chain != chain || !Arrays.equals(first.result, result)) {
      world.violation(
          "I5 all members apply the same", machine.name() + " differs from others at " + index);
    }
    world.trace().mix(index);
    world.trace().mix(chain);
  }

  /** A member has restored a snapshot of a state after {@code index}. */
  void restored(Machine machine, long index, long chain) {
    Applied there = applied.get(index);
    if (index != 0 && (there == null || there.chain != chain)) {
      world.violation(
          "I5 a snapshot is the state after its commands",
          machine.name() + " restores the state after " + index);
    }
  }

  void outOfOrder(Machine machine, long last, long index) {
    world.violation(
        "I16 commands are applied in order, once",
        machine.name() + " applies " + index + " after " + last);
  }
}

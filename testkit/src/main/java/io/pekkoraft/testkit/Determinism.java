package io.pekkoraft.testkit;

import io.pekkoraft.api.StateMachine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Checks an application's {@link StateMachine} alone, without a cluster: that it does the same
 * whenever, wherever and however often it is handed the same commands. It is run in ways that bring
 * out what a state must not depend on:
 *
 * <ul>
 *   <li>two instances take turns, so that they meet in whatever is static, and have other identity
 *       hashes, other random numbers and other iteration orders that rest on these;
 *   <li>a third runs later, when all clocks show another time, and writes no snapshot before the
 *       end, in case writing one changes the state;
 *   <li>others are restored from snapshots in the middle, one new and one that was in use, and go
 *       on, so that what a snapshot forgot is missed, and what {@code restore} left behind shows;
 *   <li>each snapshot is written twice; commands and earlier results must stay as they are.
 * </ul>
 *
 * <p>Results and the bytes of snapshots are compared after every command. What differs only in
 * another JVM, as the order of {@code Set.of} or of a hash map with enums as keys, is found by
 * {@link #checkInOtherProcess}; what differs only on another day is found by neither.
 */
public final class Determinism {
  private static final int RESTORES = 8;
  private static final long CLOCKS_MOVE_NANOS = 3_000_000;

  private final Supplier<? extends StateMachine> newStateMachine;
  private final List<byte[]> commands;
  private final List<byte[]> results = new ArrayList<>();
  private final List<byte[]> states = new ArrayList<>();

  private Determinism(Supplier<? extends StateMachine> newStateMachine, List<byte[]> commands) {
    this.newStateMachine = newStateMachine;
    this.commands = commands;
  }

  /**
   * Checks it with these commands; time and memory grow with their number times the size of the
   * state.
   *
   * @param newStateMachine gives a new one, empty, each time it is asked
   * @param commands those that make the state go through what it has: hundreds, not a few
   * @throws DeterminismViolation at the first difference, with the command and both values
   */
  public static void check(
      Supplier<? extends StateMachine> newStateMachine, List<byte[]> commands) {
    Determinism run = new Determinism(newStateMachine, commands);
    run.inTurns();
    run.later();
    run.restored();
  }

  /**
   * Runs it in another JVM too, which has another default locale, time zone and encoding, other
   * hash codes of enums and classes, and another order of {@code Set.of} and {@code Map.of}. Takes
   * about a second.
   *
   * @param type has a constructor without parameters, of any visibility
   * @throws DeterminismViolation at the first difference between the two
   */
  public static void checkInOtherProcess(
      Class<? extends StateMachine> type, List<byte[]> commands) {
    Determinism here = new Determinism(() -> OtherProcess.newInstance(type), commands);
    StateMachine machine = OtherProcess.newInstance(type);
    List<byte[]> there = OtherProcess.run(type, commands);
    for (int i = 0; i < commands.size(); i++) {
      here.same(i, "the result in another process", here.apply(machine, i), there.get(2 * i));
      here.same(i, "the state in another process", here.state(machine, i), there.get(2 * i + 1));
    }
  }

  // --- the ways to run it

  /** Two instances take turns; the first one says what is right. */
  private void inTurns() {
    StateMachine one = newStateMachine.get();
    StateMachine other = newStateMachine.get();
    if (one == other) {
      throw new IllegalArgumentException("the supplier must give a new state machine each time");
    }
    for (int i = 0; i < commands.size(); i++) {
      byte[] first = apply(one, i);
      byte[] kept = first.clone();
      byte[] state = state(one, i);
      same(i, "a snapshot written twice", state, state(one, i));
      results.add(kept);
      states.add(state);
      byte[] second = apply(other, i);
      same(i, "the result of a second instance, in turns with the first", kept, second);
      same(i, "the state of a second instance, in turns with the first", state, state(other, i));
      same(i, "the result, looked at after another command", kept, first);
    }
  }

  /** At another time, without looking at the state before the end. */
  private void later() {
    long start = System.nanoTime();
    while (System.nanoTime() - start < CLOCKS_MOVE_NANOS) {
      Thread.onSpinWait();
    }
    StateMachine machine = newStateMachine.get();
    List<byte[]> given = new ArrayList<>();
    for (int i = 0; i < commands.size(); i++) {
      byte[] result = apply(machine, i);
      same(i, "the result of an instance that ran later", results.get(i), result);
      given.add(result);
    }
    int last = commands.size() - 1;
    if (last >= 0) {
      same(
          last,
          "the state of one that wrote no snapshot before",
          states.get(last),
          state(machine, last));
    }
    for (int i = 0; i <= last; i++) {
      same(i, "the result, looked at after all other commands", results.get(i), given.get(i));
    }
  }

  /** Restored in the middle, and on from there. */
  private void restored() {
    int step = Math.max(1, commands.size() / RESTORES);
    for (int at = 0; at < commands.size(); at += step) {
      goOn(newStateMachine.get(), "a new instance", at);
      StateMachine used = newStateMachine.get();
      for (int i = commands.size() - 1; i >= Math.max(0, commands.size() - 20); i--) {
        apply(used, i);
      }
      goOn(used, "an instance that was in use", at);
    }
  }

  private void goOn(StateMachine machine, String which, int at) {
    String what = which + ", restored from the snapshot after command " + (at + 1);
    ByteArrayInputStream in = new ByteArrayInputStream(states.get(at));
    try {
      machine.restore(in);
    } catch (IOException e) {
      throw violation(at, what + ": restore did not read what writeSnapshot wrote: " + e);
    }
    if (in.available() > 0) {
      throw violation(at, what + ": restore left " + in.available() + " B of the snapshot unread");
    }
    same(at, "the state of " + what, states.get(at), state(machine, at));
    for (int i = at + 1; i < commands.size(); i++) {
      same(i, "the result of " + what, results.get(i), apply(machine, i));
      same(i, "the state of " + what, states.get(i), state(machine, i));
    }
  }

  // --- one step

  private byte[] apply(StateMachine machine, int i) {
    byte[] command = commands.get(i).clone();
    byte[] result = ApplicationState.apply(machine, index(i), command);
    if (!Arrays.equals(command, commands.get(i))) {
      throw violation(i, "apply changed the bytes of its command to " + BytesText.of(command));
    }
    return result;
  }

  /** Grows, not always by one. */
  static long index(int i) {
    return 2L + i + i / 7;
  }

  private byte[] state(StateMachine machine, int i) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      machine.writeSnapshot(out);
    } catch (IOException e) {
      throw violation(i, "writeSnapshot failed, though no stream did: " + e);
    }
    return out.toByteArray();
  }

  private void same(int i, String what, byte[] expected, byte[] actual) {
    if (!Arrays.equals(expected, actual)) {
      throw violation(
          i, what + " differs" + BytesText.difference("first: ", expected, "now:   ", actual));
    }
  }

  private DeterminismViolation violation(int i, String what) {
    return new DeterminismViolation(
        i + 1L,
        "not deterministic at command "
            + (i + 1)
            + " of "
            + commands.size()
            + ", "
            + BytesText.of(commands.get(i))
            + "\n  "
            + what);
  }
}

package io.pekkoraft.testkit;

import io.pekkoraft.api.StateMachine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
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
   * @throws DeterminismViolation at the first difference, with the command and both values; or at
   *     the first exception of the state machine's own, with the command, and it as the cause
   * @throws IllegalArgumentException without commands
   */
  public static void check(
      Supplier<? extends StateMachine> newStateMachine, List<byte[]> commands) {
    Determinism run = new Determinism(newStateMachine, notNone(commands));
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
    Determinism run = new Determinism(() -> OtherProcess.newInstance(type), notNone(commands));
    List<byte[]> here = run.resultsAndStates();
    List<byte[]> there = OtherProcess.run(type, commands);
    for (int i = 0; i < commands.size(); i++) {
      run.same(i, "the result in another process", here.get(2 * i), there.get(2 * i));
      run.same(i, "the state in another process", here.get(2 * i + 1), there.get(2 * i + 1));
    }
  }

  private static List<byte[]> notNone(List<byte[]> commands) {
    if (commands.isEmpty()) {
      throw new IllegalArgumentException(
          "without commands nothing is checked: give some hundreds that lead the state through all"
              + " that it has, generated from a random generator with a fixed seed, say");
    }
    return commands;
  }

  /** Of a new instance: result and state after each command, one after the other. */
  private List<byte[]> resultsAndStates() {
    StateMachine machine = newStateMachine.get();
    List<byte[]> all = new ArrayList<>();
    for (int i = 0; i < commands.size(); i++) {
      all.add(apply(machine, i).clone());
      all.add(state(machine, i));
    }
    return all;
  }

  /** The same in the process that is asked for it. */
  static List<byte[]> resultsAndStates(Class<? extends StateMachine> type, List<byte[]> commands) {
    return new Determinism(() -> OtherProcess.newInstance(type), commands).resultsAndStates();
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
    same(
        last,
        "the state of one that wrote no snapshot before",
        states.get(last),
        state(machine, last));
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
        apply(used, i, "without those before it, at ");
      }
      goOn(used, "an instance that was in use", at);
    }
  }

  private void goOn(StateMachine machine, String which, int at) {
    String what = which + ", restored from the snapshot after command " + (at + 1);
    ByteArrayInputStream in = new ByteArrayInputStream(states.get(at));
    watch(
        at,
        "restore",
        "of " + which + ", given the snapshot after ",
        () -> {
          machine.restore(in);
          return in;
        });
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
    return apply(machine, i, "at ");
  }

  private byte[] apply(StateMachine machine, int i, String where) {
    byte[] command = commands.get(i).clone();
    byte[] result = watch(i, "apply", where, () -> machine.apply(index(i), command));
    if (!Arrays.equals(command, commands.get(i))) {
      throw violation(i, "apply changed the bytes of its command to " + BytesText.of(command));
    }
    return result;
  }

  /** Grows, not always by one. */
  private static long index(int i) {
    return 2L + i + i / 7;
  }

  private byte[] state(StateMachine machine, int i) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    watch(
        i,
        "writeSnapshot",
        "after ",
        () -> {
          machine.writeSnapshot(out);
          return out;
        });
    return out.toByteArray();
  }

  private <T> T watch(int i, String method, String where, StateMachineFailure.Call<T> call) {
    try {
      return StateMachineFailure.watch(method, () -> where + command(i), call);
    } catch (StateMachineFailure e) {
      throw new DeterminismViolation(i + 1L, String.valueOf(e.getMessage()), e.getCause());
    }
  }

  private void same(int i, String what, byte[] expected, byte[] actual) {
    if (!Arrays.equals(expected, actual)) {
      throw violation(
          i, what + " differs" + BytesText.difference("first: ", expected, "now:   ", actual));
    }
  }

  private DeterminismViolation violation(int i, String what) {
    return new DeterminismViolation(
        i + 1L, "not deterministic at " + command(i) + "\n  " + what, null);
  }

  private String command(int i) {
    return "command %d of %d, %s".formatted(i + 1, commands.size(), BytesText.of(commands.get(i)));
  }
}

package io.pekkoraft.testkit;

import io.pekkoraft.api.StateMachine;
import io.pekkoraft.log.ChainHash;
import io.pekkoraft.log.LogEntry;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An application's state machine. Its commands come after the simulation's number of each, which it
 * does not see; its state is compared by the bytes of its snapshot, or by a view that it gives.
 */
final class ApplicationState implements SimulatedState {
  private final StateMachine machine;
  private final @Nullable Function<? super StateMachine, ?> view;
  private final int comparedEvery;
  private @Nullable LogEntry newest;
  private long restoredIndex;

  /**
   * @param view what to compare in place of the bytes of snapshots, by {@code equals}; or null
   * @param comparedEvery so many entries
   */
  ApplicationState(
      StateMachine machine, @Nullable Function<? super StateMachine, ?> view, int comparedEvery) {
    this.machine = machine;
    this.view = view;
    this.comparedEvery = comparedEvery;
  }

  StateMachine machine() {
    return machine;
  }

  /** What the application proposed with this entry. */
  static byte[] commandOf(LogEntry entry) {
    return Arrays.copyOfRange(entry.payload(), Long.BYTES, entry.payload().length);
  }

  static String describe(LogEntry entry) {
    return entry.kind() == LogEntry.Kind.COMMAND
        ? "command " + BytesText.of(commandOf(entry))
        : "an entry of the protocol's own";
  }

  /**
   * @throws StateMachineFailure as the other methods: whatever the application's code throws
   */
  @Override
  public byte[] apply(LogEntry entry) {
    newest = entry;
    byte[] command = commandOf(entry);
    byte[] result =
        StateMachineFailure.watch(
            "apply", () -> "at " + place(), () -> machine.apply(entry.index(), command));
    if (!Arrays.equals(command, commandOf(entry))) {
      throw new StateMachineFailure(
          "apply changed the bytes of its %s to %s, at index %d"
              .formatted(describe(entry), BytesText.of(command), entry.index()),
          null);
    }
    return result;
  }

  @Override
  public void writeSnapshot(OutputStream out) {
    StateMachineFailure.watch(
        "writeSnapshot",
        () -> "after " + place(),
        () -> {
          machine.writeSnapshot(out);
          return out;
        });
  }

  @Override
  public void restore(long index, InputStream in) {
    newest = null;
    restoredIndex = index;
    StateMachineFailure.watch(
        "restore",
        () -> "given " + place(),
        () -> {
          machine.restore(in);
          return in;
        });
  }

  /** How far it is, in words. */
  private String place() {
    LogEntry entry = newest;
    return entry == null
        ? "the snapshot of " + restoredIndex
        : "index " + entry.index() + ", " + describe(entry);
  }

  @Override
  public boolean isComparedAt(long index) {
    return index % comparedEvery == 0;
  }

  @Override
  public long hash() {
    if (view != null) {
      return view.apply(machine).hashCode();
    }
    byte[] bytes = bytes();
    return ChainHash.xxh64(bytes, 0, bytes.length, 0);
  }

  @Override
  public String describe() {
    return view == null ? BytesText.of(bytes()) : String.valueOf(view.apply(machine));
  }

  private byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writeSnapshot(out);
    return out.toByteArray();
  }
}

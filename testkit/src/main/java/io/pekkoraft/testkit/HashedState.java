package io.pekkoraft.testkit;

import io.pekkoraft.coordination.CoordinationTable;
import io.pekkoraft.log.LogEntry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * What a member keeps when the test is about Raft itself: a hash over all commands, cheap to
 * compare; and, if commands are such, a coordination table, made of what comes after their numbers.
 */
final class HashedState implements SimulatedState {
  private final HashStateMachine machine = new HashStateMachine();
  private final CoordinationTable table = new CoordinationTable();
  private final boolean commandsAreForTheTable;

  HashedState(boolean commandsAreForTheTable) {
    this.commandsAreForTheTable = commandsAreForTheTable;
  }

  CoordinationTable table() {
    return table;
  }

  @Override
  public byte[] apply(LogEntry entry) {
    byte[] command = entry.payload();
    byte[] result = machine.apply(entry.index(), command);
    if (commandsAreForTheTable) {
      table.apply(entry.index(), Arrays.copyOfRange(command, Long.BYTES, command.length));
    }
    return result;
  }

  @Override
  public void writeSnapshot(OutputStream out) throws IOException {
    machine.writeSnapshot(out);
    table.writeSnapshot(out);
  }

  @Override
  public void restore(long index, InputStream in) throws IOException {
    machine.restore(in);
    table.restore(in);
  }

  @Override
  public long hash() {
    return machine.stateHash();
  }

  @Override
  public String describe() {
    return Long.toHexString(hash());
  }
}

package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.api.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/** Tells a history what one start of a member applies; its snapshots carry how far that was. */
final class CheckedStateMachine implements StateMachine {
  private static final long PRIME = 0x9E3779B97F4A7C15L;

  private final StateMachine inner;
  private final Machine machine;
  private final ClientHistory history;
  private long lastIndex;
  private long chain;

  CheckedStateMachine(StateMachine inner, Machine machine, ClientHistory history) {
    this.inner = inner;
    this.machine = machine;
    this.history = history;
  }

  /** The index of the last command that this member has applied. */
  long lastIndex() {
    return lastIndex;
  }

  @Override
  public byte[] apply(long index, byte[] command) {
    if (index <= lastIndex) {
      history.outOfOrder(machine, lastIndex, index);
    }
    byte[] result = inner.apply(index, command);
    lastIndex = index;
    chain = (Long.rotateLeft(chain, 17) ^ index ^ Arrays.hashCode(command)) * PRIME;
    history.applied(machine, index, command, result, chain);
    return result;
  }

  @Override
  public void writeSnapshot(OutputStream out) throws IOException {
    DataOutputStream data = new DataOutputStream(out);
    data.writeLong(lastIndex);
    data.writeLong(chain);
    data.flush();
    inner.writeSnapshot(out);
  }

  @Override
  public void restore(InputStream in) throws IOException {
    DataInputStream data = new DataInputStream(in);
    lastIndex = data.readLong();
    chain = data.readLong();
    inner.restore(in);
    history.restored(machine, lastIndex, chain);
  }
}

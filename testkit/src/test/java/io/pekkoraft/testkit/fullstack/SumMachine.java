package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.api.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A state that depends on every command and on their order, with snapshots of some size. */
final class SumMachine implements StateMachine {
  private final long[] registers = new long[64];
  private long sum;

  @Override
  public byte[] apply(long index, byte[] command) {
    sum = Long.rotateLeft(sum, 7) + Arrays.hashCode(command) + index;
    registers[(int) (index % registers.length)] = sum;
    return ByteBuffer.allocate(Long.BYTES).putLong(sum).array();
  }

  @Override
  public void writeSnapshot(OutputStream out) throws IOException {
    DataOutputStream data = new DataOutputStream(out);
    data.writeLong(sum);
    for (long register : registers) {
      data.writeLong(register);
    }
  }

  @Override
  public void restore(InputStream in) throws IOException {
    DataInputStream data = new DataInputStream(in);
    sum = data.readLong();
    for (int i = 0; i < registers.length; i++) {
      registers[i] = data.readLong();
    }
  }
}

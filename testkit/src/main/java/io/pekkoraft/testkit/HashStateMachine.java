package io.pekkoraft.testkit;

import io.pekkoraft.api.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * A state that depends on every command and on their order: a running hash, and some registers that
 * give a snapshot a size. The answer to a command is the hash after it.
 */
final class HashStateMachine implements StateMachine {
  private static final int REGISTERS = 48;

  private final long[] registers = new long[REGISTERS];
  private long hash;

  @Override
  public byte[] apply(long index, byte[] command) {
    long id = command.length >= Long.BYTES ? ByteBuffer.wrap(command).getLong() : command.length;
    hash = Long.rotateLeft(hash ^ (id + index), 23) * 0x9E3779B97F4A7C15L + 1;
    registers[(int) (index % REGISTERS)] = hash;
    return ByteBuffer.allocate(Long.BYTES).putLong(hash).array();
  }

  @Override
  public void writeSnapshot(OutputStream out) throws IOException {
    DataOutputStream data = new DataOutputStream(out);
    data.writeLong(hash);
    for (long register : registers) {
      data.writeLong(register);
    }
  }

  @Override
  public void restore(InputStream in) throws IOException {
    DataInputStream data = new DataInputStream(in);
    hash = data.readLong();
    for (int i = 0; i < REGISTERS; i++) {
      registers[i] = data.readLong();
    }
  }

  /** Equal on all members that have applied the same commands. */
  long stateHash() {
    long all = hash;
    for (long register : registers) {
      all = all * 31 + register;
    }
    return all;
  }
}

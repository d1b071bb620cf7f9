package io.pekkoraft.cluster.example;

import io.pekkoraft.api.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Counts the commands; the same on every member. */
final class Counter implements StateMachine {
  private long count;

  @Override
  public byte[] apply(long index, byte[] command) {
    count++;
    return ByteBuffer.allocate(Long.BYTES).putLong(count).array();
  }

  @Override
  public void writeSnapshot(OutputStream out) throws IOException {
    new DataOutputStream(out).writeLong(count);
  }

  @Override
  public void restore(InputStream in) throws IOException {
    count = new DataInputStream(in).readLong();
  }
}

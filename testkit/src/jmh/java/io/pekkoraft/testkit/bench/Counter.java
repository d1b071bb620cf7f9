package io.pekkoraft.testkit.bench;

import io.pekkoraft.api.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the commands it is given and answers the count; so a lost or doubled one shows. */
final class Counter implements StateMachine {
  private final AtomicLong count = new AtomicLong();

  /** Safe to call from any thread. */
  long count() {
    return count.get();
  }

  @Override
  public byte[] apply(long index, byte[] command) {
    return ByteBuffer.allocate(Long.BYTES).putLong(count.incrementAndGet()).array();
  }

  @Override
  public void writeSnapshot(OutputStream out) throws IOException {
    new DataOutputStream(out).writeLong(count.get());
  }

  @Override
  public void restore(InputStream in) throws IOException {
    count.set(new DataInputStream(in).readLong());
  }
}

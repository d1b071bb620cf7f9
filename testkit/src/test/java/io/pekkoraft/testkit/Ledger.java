package io.pekkoraft.testkit;

import io.pekkoraft.api.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** The sum of all first bytes, for tests of the kit itself. */
class Ledger implements StateMachine {
  private long total;

  long total() {
    return total;
  }

  @Override
  public byte[] apply(long index, byte[] command) {
    total += command[0];
    return ByteBuffer.allocate(Long.BYTES).putLong(total).array();
  }

  @Override
  public void writeSnapshot(OutputStream out) throws IOException {
    new DataOutputStream(out).writeLong(total);
  }

  @Override
  public void restore(InputStream in) throws IOException {
    total = new DataInputStream(in).readLong();
  }

  /** Whose snapshots are the same only by what they mean. */
  static final class Salted extends Ledger {
    private static int salt;

    @Override
    public void writeSnapshot(OutputStream out) throws IOException {
      super.writeSnapshot(out);
      out.write(salt++);
    }
  }
}

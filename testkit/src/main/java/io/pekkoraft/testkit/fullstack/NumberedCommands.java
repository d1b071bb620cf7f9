package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.api.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Gives each command a number of its own and some ballast, so that no two are equal and the log
 * grows; a state machine sees neither.
 */
final class NumberedCommands implements StateMachine {
  private static final int HEAD = Long.BYTES + Short.BYTES;

  private final StateMachine inner;

  NumberedCommands(StateMachine inner) {
    this.inner = inner;
  }

  static byte[] command(long number, int ballast, byte[] inner) {
    return ByteBuffer.allocate(HEAD + ballast + inner.length)
        .putLong(number)
        .putShort((short) ballast)
        .put(new byte[ballast])
        .put(inner)
        .array();
  }

  @Override
  public byte[] apply(long index, byte[] command) {
    int ballast = ByteBuffer.wrap(command).getShort(Long.BYTES);
    return inner.apply(index, Arrays.copyOfRange(command, HEAD + ballast, command.length));
  }

  @Override
  public void writeSnapshot(OutputStream out) throws IOException {
    inner.writeSnapshot(out);
  }

  @Override
  public void restore(InputStream in) throws IOException {
    inner.restore(in);
  }
}

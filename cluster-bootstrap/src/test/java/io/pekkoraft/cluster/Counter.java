package io.pekkoraft.cluster;

import io.pekkoraft.api.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;

/** Counts distinct commands: one that is repeated counts once, so that it can be retried. */
final class Counter implements StateMachine {
  private final Set<String> seen = new LinkedHashSet<>();

  @Override
  public byte[] apply(long index, byte[] command) {
    seen.add(new String(command, StandardCharsets.UTF_8));
    return ByteBuffer.allocate(Long.BYTES).putLong(seen.size()).array();
  }

  @Override
  public void writeSnapshot(OutputStream out) throws IOException {
    DataOutputStream data = new DataOutputStream(out);
    data.writeInt(seen.size());
    for (String command : seen) {
      data.writeUTF(command);
    }
  }

  @Override
  public void restore(InputStream in) throws IOException {
    seen.clear();
    DataInputStream data = new DataInputStream(in);
    for (int left = data.readInt(); left > 0; left--) {
      seen.add(data.readUTF());
    }
  }
}

package io.pekkoraft.persistence;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import io.pekkoraft.layout.MalformedBytesException;
import io.pekkoraft.layout.SlotPool;
import io.pekkoraft.log.JournalEvent;
import java.nio.ByteBuffer;
import org.apache.pekko.serialization.ByteBufferSerializer;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Pekko's serializer for what a journal stores ({@link JournalEvent}, {@link StoredSnapshot}); the
 * bytes are those of {@link JournalLayout}. Safe to use from any thread.
 *
 * <p>The identifier and the manifest are stored by journals beside the bytes, so neither may ever
 * change; what a record is and which version it has stands in the bytes themselves.
 */
public final class JournalSerializer extends SerializerWithStringManifest
    implements ByteBufferSerializer {
  private static final int IDENTIFIER = 1_746_203_915;
  private static final String MANIFEST = "raft";

  private static final int INITIAL_BUFFER_BYTES = 4 << 10;
  private static final int MAX_POOLED_BUFFER_BYTES = 1 << 20;
  private static final SlotPool<Output> OUTPUTS =
      new SlotPool<>(8, () -> new Output(INITIAL_BUFFER_BYTES, -1));

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object value) {
    return MANIFEST;
  }

  /**
   * @throws IllegalArgumentException if {@code value} is of another type, or holds what could not
   *     be read again
   */
  @Override
  public byte[] toBinary(Object value) {
    Output output = OUTPUTS.take();
    try {
      JournalLayout.write(output, value);
      return output.toBytes();
    } finally {
      give(output);
    }
  }

  @Override
  public void toBinary(Object value, ByteBuffer buffer) {
    Output output = OUTPUTS.take();
    try {
      JournalLayout.write(output, value);
      buffer.put(output.getBuffer(), 0, output.position());
    } finally {
      give(output);
    }
  }

  /**
   * @throws MalformedBytesException if the bytes are no record of a journal, damaged, or of a
   *     version that cannot be read
   */
  @Override
  public Object fromBinary(byte[] bytes, String manifest) {
    if (!manifest.equals(MANIFEST)) {
      throw new MalformedBytesException(
          "no journal record has this manifest of " + manifest.length() + " characters");
    }
    return JournalLayout.read(new Input(bytes));
  }

  /** As {@link #fromBinary(byte[], String)}; reads all that remains in the buffer. */
  @Override
  public Object fromBinary(ByteBuffer buffer, String manifest) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return fromBinary(bytes, manifest);
  }

  private static void give(Output output) {
    if (output.getBuffer().length <= MAX_POOLED_BUFFER_BYTES) {
      OUTPUTS.give(output);
    }
  }
}

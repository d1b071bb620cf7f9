package io.pekkoraft.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import io.pekkoraft.layout.Fields;
import io.pekkoraft.layout.Frame;
import io.pekkoraft.layout.MalformedBytesException;
import io.pekkoraft.message.NodeCommand.Envelope;
import java.nio.ByteBuffer;

/**
 * Kryo with its buffers, to be taken from a pool by one thread at a time. A message is a {@link
 * Frame} with the magic {@code 'R'}, whose body is the number of a type of {@link WireTypes} and
 * its fields.
 */
final class WireCodec {
  static final byte MAGIC = 'R';

  /** Read since. The release after a new version still reads, and at first writes, this one. */
  static final int OLDEST_VERSION = 1;

  static final int VERSION = 1;

  private static final int INITIAL_BUFFER_BYTES = 1 << 10;
  private static final int MAX_POOLED_BUFFER_BYTES = 1 << 20;

  private final Kryo kryo = WireTypes.newKryo();
  private final Output output = new Output(INITIAL_BUFFER_BYTES, -1);
  private final Input input = new Input();
  private byte[] scratch = new byte[INITIAL_BUFFER_BYTES];

  /**
   * Writes a frame.
   *
   * @return its buffer and, as its position, its length; valid until the next call
   * @throws MalformedBytesException if it could not be read again
   */
  Output write(Envelope envelope) {
    Frame.begin(output, MAGIC, VERSION);
    kryo.writeClassAndObject(output, envelope);
    Frame.seal(output);
    return output;
  }

  /**
   * Reads a frame, all that remains in the buffer.
   *
   * @throws MalformedBytesException if it is not one; nothing else is thrown
   */
  Envelope read(ByteBuffer buffer) {
    int length = buffer.remaining();
    if (buffer.hasArray()) {
      int from = buffer.arrayOffset() + buffer.position();
      buffer.position(buffer.limit());
      return read(buffer.array(), from, length);
    }
    if (scratch.length < length) {
      scratch = new byte[length];
    }
    buffer.get(scratch, 0, length);
    return read(scratch, 0, length);
  }

  /** As {@link #read(ByteBuffer)}. */
  Envelope read(byte[] bytes, int from, int length) {
    try {
      input.setBuffer(bytes, from, length);
      Frame.open(input, "message", MAGIC, OLDEST_VERSION, VERSION);
      Envelope envelope = WireTypes.read(kryo, input, Envelope.class);
      Fields.expectEnd(input);
      return envelope;
    } catch (MalformedBytesException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new MalformedBytesException("message cannot be read: " + e.getMessage(), e);
    } finally {
      input.setBuffer(scratch, 0, 0);
    }
  }

  /** False once it holds more memory than is worth keeping. */
  boolean isSmall() {
    return output.getBuffer().length <= MAX_POOLED_BUFFER_BYTES
        && scratch.length <= MAX_POOLED_BUFFER_BYTES;
  }
}

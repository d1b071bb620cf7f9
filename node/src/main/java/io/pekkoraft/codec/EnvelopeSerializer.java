package io.pekkoraft.codec;

import com.esotericsoftware.kryo.kryo5.io.Output;
import io.pekkoraft.layout.MalformedBytesException;
import io.pekkoraft.layout.SlotPool;
import io.pekkoraft.message.NodeCommand.Envelope;
import java.nio.ByteBuffer;
import org.apache.pekko.serialization.ByteBufferSerializer;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Pekko's serializer for what members send each other, {@link Envelope}. Safe to use from any
 * thread.
 *
 * <p>Bytes that cannot be read end in a {@link MalformedBytesException}; Pekko's remoting then
 * drops that one message, says so in the log, and keeps the connection.
 */
public final class EnvelopeSerializer extends SerializerWithStringManifest
    implements ByteBufferSerializer {
  private static final int IDENTIFIER = 1_482_650_377;

  /** Short, because it goes with each message; what a message is stands in its bytes. */
  private static final String MANIFEST = "R";

  private static final SlotPool<WireCodec> CODECS =
      new SlotPool<>(Math.max(4, 2 * Runtime.getRuntime().availableProcessors()), WireCodec::new);

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object message) {
    return MANIFEST;
  }

  /**
   * @throws IllegalArgumentException if {@code message} cannot be sent, or could not be read again
   */
  @Override
  public byte[] toBinary(Object message) {
    WireCodec codec = CODECS.take();
    try {
      return codec.write(envelope(message)).toBytes();
    } finally {
      give(codec);
    }
  }

  /** As {@link #toBinary(Object)}. */
  @Override
  public void toBinary(Object message, ByteBuffer buffer) {
    WireCodec codec = CODECS.take();
    try {
      Output output = codec.write(envelope(message));
      buffer.put(output.getBuffer(), 0, output.position());
    } finally {
      give(codec);
    }
  }

  /**
   * @throws MalformedBytesException if the bytes are no message, damaged, or of a version that
   *     cannot be read; nothing else is thrown
   */
  @Override
  public Object fromBinary(byte[] bytes, String manifest) {
    checkManifest(manifest);
    WireCodec codec = CODECS.take();
    try {
      return codec.read(bytes, 0, bytes.length);
    } finally {
      give(codec);
    }
  }

  /** As {@link #fromBinary(byte[], String)}; reads all that remains in the buffer. */
  @Override
  public Object fromBinary(ByteBuffer buffer, String manifest) {
    checkManifest(manifest);
    WireCodec codec = CODECS.take();
    try {
      return codec.read(buffer);
    } finally {
      give(codec);
    }
  }

  private static Envelope envelope(Object message) {
    if (message instanceof Envelope envelope) {
      return envelope;
    }
    throw new IllegalArgumentException("members do not send " + message.getClass().getName());
  }

  private static void checkManifest(String manifest) {
    if (!manifest.equals(MANIFEST)) {
      throw new MalformedBytesException(
          "no message has this manifest of " + manifest.length() + " characters");
    }
  }

  private static void give(WireCodec codec) {
    if (codec.isSmall()) {
      CODECS.give(codec);
    }
  }
}

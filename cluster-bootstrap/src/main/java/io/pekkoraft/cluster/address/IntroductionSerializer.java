package io.pekkoraft.cluster.address;

import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import io.pekkoraft.layout.Fields;
import io.pekkoraft.layout.Frame;
import io.pekkoraft.layout.Limits;
import io.pekkoraft.layout.MalformedBytesException;
import io.pekkoraft.log.NodeId;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/** Bytes of an {@link Introduction}, version 1: a {@link Frame} with the magic {@code 'I'}. */
public final class IntroductionSerializer extends SerializerWithStringManifest {
  private static final int IDENTIFIER = 1_746_203_919;
  private static final String MANIFEST = "introduction";
  private static final byte MAGIC = 'I';
  private static final int VERSION = 1;

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object value) {
    return MANIFEST;
  }

  /**
   * @throws IllegalArgumentException if {@code value} is of another type, or too large
   */
  @Override
  public byte[] toBinary(Object value) {
    if (!(value instanceof Introduction introduction)) {
      throw new IllegalArgumentException("not an introduction: " + value.getClass());
    }
    NodeId node = introduction.node();
    Output output = new Output(128, -1);
    Frame.begin(output, MAGIC, VERSION);
    Fields.writeName(output, introduction.cluster());
    Fields.writeName(output, node == null ? "" : node.value());
    output.writeLong(introduction.incarnation());
    output.writeLong(introduction.life());
    Fields.writeText(output, "address", introduction.address(), Limits.MAX_ADDRESS_BYTES);
    Fields.writeBoolean(output, introduction.question());
    Frame.seal(output);
    return output.toBytes();
  }

  /**
   * @throws MalformedBytesException if it is not what {@link #toBinary} wrote, or of a newer
   *     version
   */
  @Override
  public Object fromBinary(byte[] bytes, String manifest) {
    try {
      Input input = new Input(bytes);
      Frame.open(input, "introduction", MAGIC, VERSION, VERSION);
      String cluster = Fields.readName(input);
      String node = Fields.readName(input);
      Introduction introduction =
          new Introduction(
              cluster,
              node.isEmpty() ? null : NodeId.of(node),
              input.readLong(),
              input.readLong(),
              Fields.readText(input, "address", Limits.MAX_ADDRESS_BYTES),
              Fields.readBoolean(input, "question"));
      Fields.expectEnd(input);
      return introduction;
    } catch (MalformedBytesException malformed) {
      throw malformed;
    } catch (KryoException | IllegalArgumentException malformed) {
      throw new MalformedBytesException("introduction: " + malformed.getMessage(), malformed);
    }
  }
}

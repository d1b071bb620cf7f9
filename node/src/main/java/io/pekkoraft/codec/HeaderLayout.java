package io.pekkoraft.codec;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import io.pekkoraft.layout.Fields;
import io.pekkoraft.layout.MalformedBytesException;
import io.pekkoraft.log.ChainHash;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.Header;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A header: its length in bytes (variable), then five numbers of 8 bytes (group incarnation, the
 * sender's incarnation and life, the receiver's incarnation and life), then four names (cluster,
 * group, sender, receiver).
 *
 * <p>Between two members it is always the same, so the last ones written and read are kept with
 * their bytes. Not safe for use by two threads at once.
 */
final class HeaderLayout {
  private static final int NUMBERS_AND_LENGTHS = 5 * 8 + 4;
  private static final int MAX_BYTES = NUMBERS_AND_LENGTHS + 4 * 64;
  private static final int CACHE_SLOTS = 64;

  private static final class Known {
    private final byte[] bytes;
    private final Header header;

    Known(byte[] bytes, Header header) {
      this.bytes = bytes;
      this.header = header;
    }

    boolean isIn(byte[] buffer, int from, int to) {
      return Arrays.equals(bytes, 0, bytes.length, buffer, from, to);
    }
  }

  private final @Nullable Known[] written = new Known[CACHE_SLOTS];
  private final @Nullable Known[] read = new Known[CACHE_SLOTS];

  void write(Output output, Header header) {
    int slot = (int) (header.toLife() ^ header.to().hashCode()) & (CACHE_SLOTS - 1);
    Known known = written[slot];
    if (known != null && known.header.equals(header)) {
      output.writeBytes(known.bytes, 0, known.bytes.length);
      return;
    }
    int from = output.position();
    writeFields(output, header);
    byte[] bytes = Arrays.copyOfRange(output.getBuffer(), from, output.position());
    written[slot] = new Known(bytes, header);
  }

  private static void writeFields(Output output, Header header) {
    GroupIdentity group = header.group();
    output.writeVarInt(
        NUMBERS_AND_LENGTHS
            + group.cluster().length()
            + group.group().length()
            + header.from().value().length()
            + header.to().value().length(),
        true);
    output.writeLong(group.incarnation());
    output.writeLong(header.fromIncarnation());
    output.writeLong(header.fromLife());
    output.writeLong(header.toIncarnation());
    output.writeLong(header.toLife());
    Fields.writeName(output, group.cluster());
    Fields.writeName(output, group.group());
    Fields.writeName(output, header.from().value());
    Fields.writeName(output, header.to().value());
  }

  Header read(Input input) {
    int length = input.readVarInt(true);
    if (length < NUMBERS_AND_LENGTHS || length > MAX_BYTES || length > Fields.remaining(input)) {
      throw new MalformedBytesException(
          "a header claims "
              + Integer.toUnsignedLong(length)
              + " bytes where "
              + Fields.remaining(input)
              + " are left");
    }
    byte[] buffer = input.getBuffer();
    int from = input.position();
    int to = from + length;
    int slot = (int) ChainHash.xxh64(buffer, from, length, 0) & (CACHE_SLOTS - 1);
    Known known = read[slot];
    if (known != null && known.isIn(buffer, from, to)) {
      input.setPosition(to);
      return known.header;
    }
    Header header = readFields(input);
    if (input.position() != to) {
      throw new MalformedBytesException("a header of " + length + " bytes ends elsewhere");
    }
    read[slot] = new Known(Arrays.copyOfRange(buffer, from, to), header);
    return header;
  }

  private static Header readFields(Input input) {
    long groupIncarnation = input.readLong();
    long fromIncarnation = input.readLong();
    long fromLife = input.readLong();
    long toIncarnation = input.readLong();
    long toLife = input.readLong();
    String cluster = Fields.readName(input);
    String group = Fields.readName(input);
    NodeId from = NodeId.of(Fields.readName(input));
    NodeId to = NodeId.of(Fields.readName(input));
    return new Header(
        new GroupIdentity(cluster, group, groupIncarnation),
        from,
        fromIncarnation,
        fromLife,
        to,
        toIncarnation,
        toLife);
  }
}

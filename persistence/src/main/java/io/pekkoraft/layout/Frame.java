package io.pekkoraft.layout;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.util.zip.CRC32C;

/**
 * What stands around every record and message:
 *
 * <pre>
 * magic     1 byte    what kind of bytes these are
 * version   1 byte    format version; decides how all that follows is read
 * checksum  4 bytes   CRC-32C of the body
 * body      the rest
 * </pre>
 *
 * <p>The length is that of the bytes as they were handed over; nothing may follow the body.
 */
public final class Frame {
  /** Bytes before the body. */
  public static final int PROLOGUE_BYTES = 6;

  private static final int CHECKSUM_AT = 2;

  private Frame() {}

  /** Starts a frame at the beginning of a buffer; the body is written next, then {@link #seal}. */
  public static void begin(Output output, byte magic, int version) {
    output.reset();
    output.writeByte(magic);
    output.writeByte(version);
    output.writeInt(0);
  }

  /**
   * Ends a frame: the checksum is put in its place.
   *
   * @throws MalformedBytesException if there is more than a reader would accept
   */
  public static void seal(Output output) {
    int end = output.position();
    if (end > Limits.MAX_FRAME_BYTES) {
      throw new MalformedBytesException(
          end + " bytes are too many, at most " + Limits.MAX_FRAME_BYTES + " can be");
    }
    int checksum = checksum(output.getBuffer(), PROLOGUE_BYTES, end);
    output.setPosition(CHECKSUM_AT);
    output.writeInt(checksum);
    output.setPosition(end);
  }

  /**
   * Checks a frame, all of {@code input} that is left, and moves to its body.
   *
   * @param what what is read, for the error
   * @return its version
   * @throws UnsupportedVersionException if the version is not from {@code oldest} to {@code newest}
   * @throws MalformedBytesException if it is no such frame, or damaged
   */
  public static int open(Input input, String what, byte magic, int oldest, int newest) {
    int length = Fields.remaining(input);
    if (length < PROLOGUE_BYTES || length > Limits.MAX_FRAME_BYTES) {
      throw new MalformedBytesException(what + " cannot have " + length + " bytes");
    }
    byte found = input.readByte();
    if (found != magic) {
      throw new MalformedBytesException(
          what + " must start with " + magic + ", starts with " + found);
    }
    int version = input.readByte() & 0xFF;
    if (version < oldest || version > newest) {
      throw new UnsupportedVersionException(what, version, oldest, newest);
    }
    int stored = input.readInt();
    if (stored != checksum(input.getBuffer(), input.position(), input.limit())) {
      throw new MalformedBytesException(what + " is damaged: its checksum does not fit");
    }
    return version;
  }

  private static int checksum(byte[] bytes, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, to - from);
    return (int) crc.getValue();
  }
}

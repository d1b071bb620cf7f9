package io.pekkoraft.layout;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.nio.charset.StandardCharsets;

/**
 * The fields that records and messages are made of. Each is checked the same way when it is written
 * and when it is read. Integers of variable length are base 128, lowest seven bits first; those of
 * fixed length are little-endian.
 */
public final class Fields {
  private static final byte[] NO_BYTES = new byte[0];

  private Fields() {}

  /** How many bytes are left to read. */
  public static int remaining(Input input) {
    return input.limit() - input.position();
  }

  /**
   * Claims bytes before anything is allocated for them.
   *
   * @throws MalformedBytesException if {@code length} is negative, above {@code max}, or more than
   *     is left
   */
  static int checkLength(Input input, String what, int length, int max) {
    if (length < 0 || length > max) {
      throw new MalformedBytesException(
          what
              + " claims "
              + Integer.toUnsignedLong(length)
              + " bytes, at most "
              + max
              + " can be");
    }
    if (length > remaining(input)) {
      throw new MalformedBytesException(
          what + " claims " + length + " bytes where " + remaining(input) + " are left");
    }
    return length;
  }

  /** A term, an index, a length: from 0 to below {@link Limits#COUNTER_LIMIT}. Variable length. */
  public static void writeCounter(Output output, String what, long value) {
    output.writeVarLong(checkCounter(what, value), true);
  }

  /** Reads what {@link #writeCounter} wrote. */
  public static long readCounter(Input input, String what) {
    return checkCounter(what, input.readVarLong(true));
  }

  static long checkCounter(String what, long value) {
    if (value < 0 || value >= Limits.COUNTER_LIMIT) {
      throw new MalformedBytesException(what + " must be from 0 to below 2^62, is " + value);
    }
    return value;
  }

  /** How many things follow, each of at least {@code bytesEach} bytes. Variable length. */
  public static int readCount(Input input, String what, int max, int bytesEach) {
    int count = input.readVarInt(true);
    if (count < 0 || count > max) {
      throw new MalformedBytesException(
          "there can be at most " + max + " " + what + ", not " + Integer.toUnsignedLong(count));
    }
    if ((long) count * bytesEach > remaining(input)) {
      throw new MalformedBytesException(
          count + " " + what + " cannot fit into " + remaining(input) + " bytes");
    }
    return count;
  }

  /** Writes what {@link #readCount} reads. */
  public static void writeCount(Output output, String what, int count, int max) {
    if (count > max) {
      throw new MalformedBytesException(
          "there can be at most " + max + " " + what + ", not " + count);
    }
    output.writeVarInt(count, true);
  }

  /** One byte, 0 or 1. */
  public static void writeBoolean(Output output, boolean value) {
    output.writeByte(value ? 1 : 0);
  }

  /** Reads what {@link #writeBoolean} wrote. */
  public static boolean readBoolean(Input input, String what) {
    byte value = input.readByte();
    if (value != 0 && value != 1) {
      throw new MalformedBytesException(what + " must be 0 or 1, is " + value);
    }
    return value == 1;
  }

  /** A name ({@link io.pekkoraft.log.Names}): a byte for its length, then a byte a character. */
  public static void writeName(Output output, String name) {
    int length = name.length();
    if (length > Limits.MAX_NAME_BYTES) {
      throw new MalformedBytesException("a name of " + length + " characters is too long");
    }
    output.writeByte(length);
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      if (c > 127) {
        throw new MalformedBytesException("a name has U+" + Integer.toHexString(c));
      }
      output.writeByte(c);
    }
  }

  /** Reads what {@link #writeName} wrote; whether it is a valid name is for its type to say. */
  public static String readName(Input input) {
    int length = checkLength(input, "name", input.readByte() & 0xFF, Limits.MAX_NAME_BYTES);
    int at = input.position();
    input.setPosition(at + length);
    return new String(input.getBuffer(), at, length, StandardCharsets.ISO_8859_1);
  }

  /** Text as UTF-8, its length in bytes before it. */
  public static void writeText(Output output, String what, String text, int maxBytes) {
    writeBytes(output, what, text.getBytes(StandardCharsets.UTF_8), maxBytes);
  }

  /** Reads what {@link #writeText} wrote. */
  public static String readText(Input input, String what, int maxBytes) {
    int length = checkLength(input, what, input.readVarInt(true), maxBytes);
    int at = input.position();
    input.setPosition(at + length);
    return new String(input.getBuffer(), at, length, StandardCharsets.UTF_8);
  }

  /** Bytes, their number before them. */
  public static void writeBytes(Output output, String what, byte[] bytes, int maxBytes) {
    if (bytes.length > maxBytes) {
      throw new MalformedBytesException(
          what + " has " + bytes.length + " bytes, at most " + maxBytes + " can be");
    }
    output.writeVarInt(bytes.length, true);
    output.writeBytes(bytes, 0, bytes.length);
  }

  /** Reads a copy of what {@link #writeBytes} wrote. */
  public static byte[] readBytes(Input input, String what, int maxBytes) {
    int length = checkLength(input, what, input.readVarInt(true), maxBytes);
    return length == 0 ? NO_BYTES : input.readBytes(length);
  }

  /**
   * Ends a record or message.
   *
   * @throws MalformedBytesException if anything follows
   */
  public static void expectEnd(Input input) {
    if (remaining(input) != 0) {
      throw new MalformedBytesException(remaining(input) + " bytes follow the end");
    }
  }
}

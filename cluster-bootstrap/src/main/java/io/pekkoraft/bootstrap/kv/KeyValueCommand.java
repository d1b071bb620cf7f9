package io.pekkoraft.bootstrap.kv;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A command of {@link KeyValueStore}, and its bytes in the log. Version 1:
 *
 * <pre>
 * version      1 byte     1
 * operation    1 byte     1 put, 2 get, 3 delete
 * key length   2 bytes    1 to 512, big-endian
 * key          UTF-8
 * value        the rest   only of a put
 * </pre>
 */
public sealed interface KeyValueCommand {

  /** Bytes of UTF-8 that a key may have. */
  int MAX_KEY_BYTES = 512;

  /**
   * Bytes that a value may have at most, whatever is configured: an append must fit into a frame of
   * the transport.
   */
  int MAX_VALUE_BYTES = 96 << 10;

  /** Sets a key's value. */
  @SuppressWarnings("ArrayRecordComponent") // handed over, not compared
  record Put(String key, byte[] value) implements KeyValueCommand {}

  /** Reads a key's value, in the order of the log: that is what makes the answer linearizable. */
  record Get(String key) implements KeyValueCommand {}

  /** Removes a key, if it is there. */
  record Delete(String key) implements KeyValueCommand {}

  String key();

  /**
   * @throws IllegalArgumentException if the key or the value is longer than allowed, or the key is
   *     empty
   */
  default byte[] toBytes() {
    byte[] key = checkedKey(key());
    byte[] value = this instanceof Put put ? checkedValue(put.value()) : new byte[0];
    ByteBuffer bytes = ByteBuffer.allocate(Codec.HEADER_BYTES + key.length + value.length);
    bytes
        .put(Codec.VERSION)
        .put(Codec.operation(this))
        .putShort((short) key.length)
        .put(key)
        .put(value);
    return bytes.array();
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException if it is something else. An unknown version is that too: a
   *     member that guessed at what a newer one means would come to another state
   */
  static KeyValueCommand fromBytes(byte[] command) {
    if (command.length < Codec.HEADER_BYTES) {
      throw new IllegalArgumentException("a key-value command of " + command.length + " bytes");
    }
    ByteBuffer bytes = ByteBuffer.wrap(command);
    byte version = bytes.get();
    if (version != Codec.VERSION) {
      throw new IllegalArgumentException(
          "a key-value command of version "
              + version
              + "; this one reads only version "
              + Codec.VERSION);
    }
    byte operation = bytes.get();
    int keyLength = bytes.getShort() & 0xFFFF;
    if (keyLength < 1 || keyLength > MAX_KEY_BYTES || keyLength > bytes.remaining()) {
      throw new IllegalArgumentException(
          "a key-value command with a key of " + keyLength + " bytes");
    }
    String key = new String(command, bytes.position(), keyLength, StandardCharsets.UTF_8);
    bytes.position(bytes.position() + keyLength);
    byte[] value = new byte[bytes.remaining()];
    bytes.get(value);
    return Codec.build(operation, key, value);
  }

  private static byte[] checkedKey(String key) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    if (bytes.length < 1 || bytes.length > MAX_KEY_BYTES) {
      throw new IllegalArgumentException(
          "a key has 1 to " + MAX_KEY_BYTES + " bytes of UTF-8, not " + bytes.length);
    }
    return bytes;
  }

  private static byte[] checkedValue(byte[] value) {
    if (value.length > MAX_VALUE_BYTES) {
      throw new IllegalArgumentException(
          "a value has at most " + MAX_VALUE_BYTES + " bytes, not " + value.length);
    }
    return value;
  }

  /** The numbers of the format. */
  final class Codec {
    private static final byte VERSION = 1;
    private static final int HEADER_BYTES = 4;
    private static final byte PUT = 1;
    private static final byte GET = 2;
    private static final byte DELETE = 3;

    private Codec() {}

    private static byte operation(KeyValueCommand command) {
      return command instanceof Put ? PUT : command instanceof Get ? GET : DELETE;
    }

    private static KeyValueCommand build(byte operation, String key, byte[] value) {
      if (operation != PUT && value.length > 0) {
        throw new IllegalArgumentException(
            "bytes follow the key of a key-value command that has no value");
      }
      return switch (operation) {
        case PUT -> new Put(key, value);
        case GET -> new Get(key);
        case DELETE -> new Delete(key);
        default ->
            throw new IllegalArgumentException(
                "a key-value command with the operation " + operation);
      };
    }
  }
}

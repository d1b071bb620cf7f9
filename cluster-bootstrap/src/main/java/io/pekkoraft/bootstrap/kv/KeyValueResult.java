package io.pekkoraft.bootstrap.kv;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What {@link KeyValueStore} answers, and its bytes: version 1 byte (1), status 1 byte (0 absent, 1
 * present), then the value of a get.
 *
 * @param present whether the key had a value: for a get now, for a put or a delete before it
 * @param value of a get that found one
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not compared
public record KeyValueResult(boolean present, byte @Nullable [] value) {
  private static final byte VERSION = 1;
  private static final int HEADER_BYTES = 2;

  byte[] toBytes() {
    byte[] result = new byte[HEADER_BYTES + (value == null ? 0 : value.length)];
    result[0] = VERSION;
    result[1] = (byte) (present ? 1 : 0);
    if (value != null) {
      System.arraycopy(value, 0, result, HEADER_BYTES, value.length);
    }
    return result;
  }

  /**
   * @throws IllegalArgumentException if it is not a result of this version
   */
  public static KeyValueResult fromBytes(byte[] bytes) {
    if (bytes.length < HEADER_BYTES || bytes[0] != VERSION || bytes[1] < 0 || bytes[1] > 1) {
      throw new IllegalArgumentException("not a key-value result: " + bytes.length + " bytes");
    }
    return new KeyValueResult(bytes[1] == 1, Arrays.copyOfRange(bytes, HEADER_BYTES, bytes.length));
  }
}

package io.pekkoraft.message;

import java.util.Arrays;

/**
 * Bytes as a value: equal by content.
 *
 * @param array shared, not copied: do not change it
 */
@SuppressWarnings("ArrayRecordComponent") // equality by content is what this type adds
public record Bytes(byte[] array) {

  public int length() {
    return array.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(array, that.array);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(array);
  }

  @Override
  public String toString() {
    return array.length + " B";
  }
}

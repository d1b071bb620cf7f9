package io.pekkoraft.testkit.fault;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Makes of the bytes of a message such as are none. */
public final class ForeignBytes {
  private static final int MOST_NOISE = 200;

  private ForeignBytes() {}

  /**
   * One bit is another, the end is missing, or it is noise.
   *
   * @param message of at least one byte; may be changed
   */
  public static byte[] malformed(byte[] message, SplittableRandom random) {
    int kind = random.nextInt(3);
    if (kind == 0) {
      message[random.nextInt(message.length)] ^= (byte) (1 << random.nextInt(8));
      return message;
    }
    if (kind == 1) {
      return Arrays.copyOf(message, random.nextInt(message.length));
    }
    byte[] noise = new byte[random.nextInt(1, MOST_NOISE)];
    random.nextBytes(noise);
    return noise;
  }

  /** A frame of a version that cannot be read here. */
  public static byte[] ofOtherVersion(byte[] message, SplittableRandom random) {
    message[1] += (byte) (random.nextBoolean() ? 1 : -1);
    return message;
  }
}

package io.pekkoraft.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChainHashTest {

  @Test
  void xxh64_gives_the_published_values() {
    assertThat(xxh64("", 0)).isEqualTo(0xEF46DB3751D8E999L);
    assertThat(xxh64("a", 0)).isEqualTo(0xD24EC4F1A98C6E5BL);
    assertThat(xxh64("abc", 0)).isEqualTo(0x44BC2CF5AD770999L);
    assertThat(xxh64("Nobody inspects the spammish repetition", 0)).isEqualTo(0xFBCEA83C8A378BF1L);
  }

  @Test
  void xxh64_agrees_with_a_slow_transcript_of_its_specification() {
    Random random = new Random(1);
    for (int length = 0; length < 200; length++) {
      byte[] bytes = new byte[length + 7];
      random.nextBytes(bytes);
      long seed = random.nextLong();
      byte[] input = Arrays.copyOfRange(bytes, 3, 3 + length);
      assertThat(ChainHash.xxh64(bytes, 3, length, seed))
          .as("%d bytes", length)
          .isEqualTo(new SlowXxh64(input, seed).digest());
    }
  }

  @Test
  void the_chain_hash_depends_on_all_that_an_entry_is() {
    byte[] payload = {1, 2, 3};
    long hash = ChainHash.of(7, 5, 2, LogEntry.Kind.COMMAND, payload);

    assertThat(ChainHash.of(8, 5, 2, LogEntry.Kind.COMMAND, payload)).isNotEqualTo(hash);
    assertThat(ChainHash.of(7, 6, 2, LogEntry.Kind.COMMAND, payload)).isNotEqualTo(hash);
    assertThat(ChainHash.of(7, 5, 3, LogEntry.Kind.COMMAND, payload)).isNotEqualTo(hash);
    assertThat(ChainHash.of(7, 5, 2, LogEntry.Kind.NO_OP, payload)).isNotEqualTo(hash);
    assertThat(ChainHash.of(7, 5, 2, LogEntry.Kind.COMMAND, new byte[] {1, 2, 4}))
        .isNotEqualTo(hash);
    assertThat(ChainHash.of(7, 5, 2, LogEntry.Kind.COMMAND, payload.clone())).isEqualTo(hash);
  }

  private static long xxh64(String text, long seed) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return ChainHash.xxh64(bytes, 0, bytes.length, seed);
  }

  /** The steps of the specification in its own order, on unbounded integers taken modulo 2^64. */
  private static final class SlowXxh64 {
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(64);
    private static final BigInteger PRIME_1 = new BigInteger("9E3779B185EBCA87", 16);
    private static final BigInteger PRIME_2 = new BigInteger("C2B2AE3D27D4EB4F", 16);
    private static final BigInteger PRIME_3 = new BigInteger("165667B19E3779F9", 16);
    private static final BigInteger PRIME_4 = new BigInteger("85EBCA77C2B2AE63", 16);
    private static final BigInteger PRIME_5 = new BigInteger("27D4EB2F165667C5", 16);

    private final byte[] input;
    private final BigInteger seed;
    private int at;

    SlowXxh64(byte[] input, long seed) {
      this.input = input;
      this.seed = new BigInteger(Long.toUnsignedString(seed));
    }

    long digest() {
      BigInteger acc = input.length < 32 ? add(seed, PRIME_5) : stripes();
      acc = add(acc, BigInteger.valueOf(input.length));
      while (input.length - at >= 8) {
        acc = add(times(rotate(acc.xor(round(BigInteger.ZERO, lane(8))), 27), PRIME_1), PRIME_4);
      }
      if (input.length - at >= 4) {
        acc = add(times(rotate(acc.xor(times(lane(4), PRIME_1)), 23), PRIME_2), PRIME_3);
      }
      while (at < input.length) {
        acc = times(rotate(acc.xor(times(lane(1), PRIME_5)), 11), PRIME_1);
      }
      acc = times(acc.xor(acc.shiftRight(33)), PRIME_2);
      acc = times(acc.xor(acc.shiftRight(29)), PRIME_3);
      return acc.xor(acc.shiftRight(32)).longValue();
    }

    private BigInteger stripes() {
      BigInteger[] acc = {
        add(add(seed, PRIME_1), PRIME_2),
        add(seed, PRIME_2),
        seed,
        add(seed, MODULUS.subtract(PRIME_1))
      };
      while (input.length - at >= 32) {
        for (int i = 0; i < 4; i++) {
          acc[i] = round(acc[i], lane(8));
        }
      }
      BigInteger merged =
          add(
              add(rotate(acc[0], 1), rotate(acc[1], 7)),
              add(rotate(acc[2], 12), rotate(acc[3], 18)));
      for (BigInteger one : acc) {
        merged = add(times(merged.xor(round(BigInteger.ZERO, one)), PRIME_1), PRIME_4);
      }
      return merged;
    }

    private BigInteger lane(int bytes) {
      BigInteger value = BigInteger.ZERO;
      for (int i = bytes - 1; i >= 0; i--) {
        value = value.shiftLeft(8).add(BigInteger.valueOf(input[at + i] & 0xFF));
      }
      at += bytes;
      return value;
    }

    private static BigInteger round(BigInteger acc, BigInteger lane) {
      return times(rotate(add(acc, times(lane, PRIME_2)), 31), PRIME_1);
    }

    private static BigInteger add(BigInteger a, BigInteger b) {
      return a.add(b).mod(MODULUS);
    }

    private static BigInteger times(BigInteger a, BigInteger b) {
      return a.multiply(b).mod(MODULUS);
    }

    private static BigInteger rotate(BigInteger value, int left) {
      return value.shiftLeft(left).mod(MODULUS).or(value.shiftRight(64 - left));
    }
  }
}

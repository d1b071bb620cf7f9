package io.pekkoraft.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The hash that chains an entry to all before it: XXH64 over the payload, seeded with the
 * predecessor's hash, and then mixed with index, term and kind. It finds damage and divergence; it
 * is no defence against a forger (members are trusted not to lie).
 */
public final class ChainHash {
  /** The hash before the first entry. */
  public static final long EMPTY = 0;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long P1 = 0x9E3779B185EBCA87L;
  private static final long P2 = 0xC2B2AE3D27D4EB4FL;
  private static final long P3 = 0x165667B19E3779F9L;
  private static final long P4 = 0x85EBCA77C2B2AE63L;
  private static final long P5 = 0x27D4EB2F165667C5L;

  private ChainHash() {}

  /** The chain hash of an entry, given that of its predecessor. */
  public static long of(
      long previousHash, long index, long term, LogEntry.Kind kind, byte[] payload) {
    long hash = xxh64(payload, 0, payload.length, previousHash);
    hash = mixLong(hash, index);
    hash = mixLong(hash, term);
    return avalanche(mixLong(hash, kind.code()));
  }

  /** XXH64 of {@code length} bytes from {@code offset}, as its specification defines it. */
  public static long xxh64(byte[] bytes, int offset, int length, long seed) {
    int end = offset + length;
    int at = offset;
    long hash;
    if (length >= 32) {
      long a = seed + P1 + P2;
      long b = seed + P2;
      long c = seed;
      long d = seed - P1;
      for (; at <= end - 32; at += 32) {
        a = round(a, (long) LONGS.get(bytes, at));
        b = round(b, (long) LONGS.get(bytes, at + 8));
        c = round(c, (long) LONGS.get(bytes, at + 16));
        d = round(d, (long) LONGS.get(bytes, at + 24));
      }
      hash =
          Long.rotateLeft(a, 1)
              + Long.rotateLeft(b, 7)
              + Long.rotateLeft(c, 12)
              + Long.rotateLeft(d, 18);
      hash = merge(merge(merge(merge(hash, a), b), c), d);
    } else {
      hash = seed + P5;
    }
    hash += length;
    for (; at <= end - 8; at += 8) {
      hash = mixLong(hash, (long) LONGS.get(bytes, at));
    }
    if (at <= end - 4) {
      hash = Long.rotateLeft(hash ^ (((int) INTS.get(bytes, at) & 0xFFFFFFFFL) * P1), 23) * P2 + P3;
      at += 4;
    }
    for (; at < end; at++) {
      hash = Long.rotateLeft(hash ^ ((bytes[at] & 0xFFL) * P5), 11) * P1;
    }
    return avalanche(hash);
  }

  private static long round(long accumulator, long input) {
    return Long.rotateLeft(accumulator + input * P2, 31) * P1;
  }

  private static long merge(long hash, long accumulator) {
    return (hash ^ round(0, accumulator)) * P1 + P4;
  }

  private static long mixLong(long hash, long input) {
    return Long.rotateLeft(hash ^ round(0, input), 27) * P1 + P4;
  }

  private static long avalanche(long hash) {
    long mixed = (hash ^ (hash >>> 33)) * P2;
    mixed = (mixed ^ (mixed >>> 29)) * P3;
    return mixed ^ (mixed >>> 32);
  }
}

package io.pekkoraft.persistence.wal;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** Changes files as a bad disk, a bad cable or a bad copy might. */
public final class Mutations {
  private Mutations() {}

  public static Map<String, byte[]> mutate(Map<String, byte[]> files, Random random) {
    Map<String, byte[]> mutated = new HashMap<>(files);
    List<String> names = files.keySet().stream().sorted().toList();
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      String name = names.get(random.nextInt(names.size()));
      byte[] bytes = mutated.get(name);
      if (bytes == null || bytes.length == 0) {
        continue;
      }
      byte[] changed = change(bytes.clone(), random, files, names);
      if (changed.length == 0) {
        mutated.remove(name);
      } else {
        mutated.put(name, changed);
      }
    }
    return mutated;
  }

  private static byte[] change(
      byte[] bytes, Random random, Map<String, byte[]> files, List<String> names) {
    int at = random.nextInt(bytes.length);
    int length = Math.min(1 + random.nextInt(1500), bytes.length - at);
    switch (random.nextInt(8)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt(256);
      case 2 -> Arrays.fill(bytes, at, at + length, (byte) 0);
      case 3 -> Arrays.fill(bytes, at, at + length, (byte) random.nextInt(256));
      case 4 -> {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, bytes, at, length);
      }
      case 5 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 6 -> splice(bytes, at, random, files, names);
      default -> sector(bytes, random);
    }
    return bytes;
  }

  /** A piece of another place or file: a misdirected write. */
  private static void splice(
      byte[] bytes, int at, Random random, Map<String, byte[]> files, List<String> names) {
    byte[] other = Objects.requireNonNull(files.get(names.get(random.nextInt(names.size()))));
    int from = random.nextInt(other.length);
    int length = Math.min(512, Math.min(other.length - from, bytes.length - at));
    System.arraycopy(other, from, bytes, at, length);
  }

  /** A whole sector moved to the place of another: intact in itself, but elsewhere. */
  private static void sector(byte[] bytes, Random random) {
    int sectors = bytes.length / 512;
    if (sectors > 1) {
      int from = random.nextInt(sectors) * 512;
      int to = random.nextInt(sectors) * 512;
      System.arraycopy(bytes, from, bytes, to, 512);
    }
  }
}

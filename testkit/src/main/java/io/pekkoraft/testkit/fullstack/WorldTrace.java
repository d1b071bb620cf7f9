package io.pekkoraft.testkit.fullstack;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** What happened last, for people, and a hash of all of it: two runs of a seed have the same. */
final class WorldTrace {
  private static final int LINES = 400;

  private record Line(long nanos, String who, Object what) {}

  private final @Nullable Line[] ring = new Line[LINES];
  private long count;
  private long hash;

  /**
   * @param what made into text only if somebody reads it
   */
  void add(long nanos, String who, Object what) {
    ring[(int) (count++ % LINES)] = new Line(nanos, who, what);
  }

  void mix(long value) {
    hash = Long.rotateLeft(hash ^ (value * 0x9E3779B97F4A7C15L), 29) * 0xBF58476D1CE4E5B9L;
  }

  void mix(byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    mix(checksum.getValue());
  }

  void mix(String text) {
    mix(text.getBytes(StandardCharsets.UTF_8));
  }

  long hash() {
    return hash;
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (long i = Math.max(0, count - LINES); i < count; i++) {
      Line line = ring[(int) (i % LINES)];
      if (line != null) {
        lines.add(
            String.format(
                Locale.ROOT, "%12.6f ms  %s  %s", line.nanos() / 1e6, line.who(), line.what()));
      }
    }
    return lines;
  }
}

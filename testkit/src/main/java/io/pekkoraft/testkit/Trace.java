package io.pekkoraft.testkit;

import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.message.NodeCommand.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What happened, as far back as a person wants to read, and a hash over all of it: two runs of one
 * seed have the same. Lines are made only when they are read.
 */
final class Trace {
  private record Line(long timeNanos, @Nullable SimulatedNode node, Object what) {}

  private final @Nullable Line[] ring;
  private long count;
  private long hash;

  Trace(int lines) {
    ring = new Line[lines];
  }

  void add(long timeNanos, @Nullable SimulatedNode node, Object what) {
    ring[(int) (count++ % ring.length)] = new Line(timeNanos, node, what);
  }

  /** Mixes a number that the run depends on into the hash. */
  void mix(long value) {
    hash = Long.rotateLeft(hash ^ (value * 0x9E3779B97F4A7C15L), 29) * 0xBF58476D1CE4E5B9L;
  }

  long hash() {
    return hash;
  }

  /** The newest lines, oldest first. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (long i = Math.max(0, count - ring.length); i < count; i++) {
      Line line = ring[(int) (i % ring.length)];
      if (line != null) {
        lines.add(format(line));
      }
    }
    return lines;
  }

  private static String format(Line line) {
    String node = line.node() == null ? "-" : line.node().id().value();
    return String.format(
        Locale.ROOT, "%12.6f ms  %s  %s", line.timeNanos() / 1e6, node, describe(line.what()));
  }

  private static String describe(Object what) {
    if (what instanceof Envelope envelope) {
      return "<- " + envelope.header().from() + "  " + envelope.message();
    }
    if (what instanceof NodeCommand.Recovered recovered) {
      return "Recovered[" + recovered.log().batches().size() + " batches]";
    }
    return what.toString();
  }
}

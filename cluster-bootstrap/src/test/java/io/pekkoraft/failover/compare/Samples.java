package io.pekkoraft.failover.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Durations that were measured one by one. */
final class Samples {
  private final List<Long> nanos = new ArrayList<>();

  void add(long duration) {
    nanos.add(duration);
  }

  int count() {
    return nanos.size();
  }

  /**
   * The smallest duration that at least this part of all does not exceed (nearest rank).
   *
   * @param part above 0, at most 1
   */
  long quantileNanos(double part) {
    List<Long> sorted = nanos.stream().sorted().toList();
    return sorted.get((int) Math.ceil(part * sorted.size()) - 1);
  }

  /** Count, median, p99, least and most, in columns of fixed width. */
  String columns() {
    if (nanos.isEmpty()) {
      return String.format(Locale.ROOT, "%6d%10s%10s%10s%10s", 0, "-", "-", "-", "-");
    }
    return String.format(
        Locale.ROOT,
        "%6d%10s%10s%10s%10s",
        count(),
        millis(quantileNanos(0.5)),
        millis(quantileNanos(0.99)),
        millis(quantileNanos(Double.MIN_VALUE)),
        millis(quantileNanos(1)));
  }

  static String header() {
    return String.format(Locale.ROOT, "%6s%10s%10s%10s%10s", "n", "median", "p99", "min", "max");
  }

  static String millis(long nanos) {
    return String.format(Locale.ROOT, "%,d", Math.round(nanos / 1e6));
  }
}

package io.pekkoraft.testkit.bench;

import java.util.Arrays;
import java.util.Locale;

/**
 * What a closed loop has measured.
 *
 * @param writes commands that were committed and applied
 * @param failures commands that ended otherwise
 */
record LoadResult(
    long writes,
    long failures,
    double seconds,
    double p50Millis,
    double p99Millis,
    double p999Millis,
    double maxMillis) {

  static LoadResult of(long writes, long failures, double seconds, LatencyHistogram latency) {
    return new LoadResult(
        writes,
        failures,
        seconds,
        latency.millis(0.5),
        latency.millis(0.99),
        latency.millis(0.999),
        latency.maxMillis());
  }

  double writesPerSecond() {
    return writes / seconds;
  }

  /** One line, for {@link #parse}. */
  String toLine() {
    return String.format(
        Locale.ROOT,
        "%d %d %f %f %f %f %f",
        writes,
        failures,
        seconds,
        p50Millis,
        p99Millis,
        p999Millis,
        maxMillis);
  }

  static LoadResult parse(String line) {
    String[] words = line.split(" ", -1);
    double[] times =
        Arrays.stream(words, 2, words.length).mapToDouble(Double::parseDouble).toArray();
    return new LoadResult(
        Long.parseLong(words[0]),
        Long.parseLong(words[1]),
        times[0],
        times[1],
        times[2],
        times[3],
        times[4]);
  }
}

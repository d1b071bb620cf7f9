package io.pekkoraft.failover.torture;

import io.pekkoraft.failover.Report;

/**
 * One handler of one instance, from its first statement to its last.
 *
 * @param instance starts with the id of its node and a slash
 * @param start as {@link System#nanoTime}
 * @param end the same
 * @param question what was handled
 * @param held whether the lease was valid when it looked, right after the start
 */
record Handled(String instance, long token, long start, long end, String question, boolean held) {

  static Handled of(Report report) {
    return new Handled(
        report.text(0),
        report.number(1),
        report.number(2),
        report.number(3),
        report.text(4),
        Boolean.parseBoolean(report.text(5)));
  }

  String node() {
    return instance.substring(0, instance.indexOf('/'));
  }
}

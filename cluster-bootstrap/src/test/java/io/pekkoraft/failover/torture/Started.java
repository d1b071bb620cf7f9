package io.pekkoraft.failover.torture;

import io.pekkoraft.failover.Report;

/** The start of an instance, at a {@link System#nanoTime}. */
record Started(String instance, long token, long nanos) {

  static Started of(Report report) {
    return new Started(report.text(0), report.number(1), report.number(2));
  }
}

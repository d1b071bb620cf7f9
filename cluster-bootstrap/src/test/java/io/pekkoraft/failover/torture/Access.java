package io.pekkoraft.failover.torture;

import io.pekkoraft.failover.Report;

/** One access to the fenced resource, as the resource reports it. */
record Access(long nanos, long token, String instance, String question, boolean accepted) {

  static Access of(Report report) {
    return new Access(
        report.number(0),
        report.number(1),
        report.text(2),
        report.text(3),
        report.text(4).equals("accepted"));
  }
}

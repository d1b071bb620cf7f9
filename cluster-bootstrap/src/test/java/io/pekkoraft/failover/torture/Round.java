package io.pekkoraft.failover.torture;

import java.time.Duration;
import java.util.Locale;

/**
 * How a round went.
 *
 * @param host id of the node where the instance was
 * @param led true if that node led the group
 * @param time how long the fault lasted
 * @param movedTo id of the node where the next instance started; empty if the old one went on
 * @param takeoverNanos from the beginning of the fault until the next instance started; 0 if none
 * @param terms by how much the term rose
 */
record Round(
    int number,
    Kind kind,
    String host,
    boolean led,
    Duration time,
    String movedTo,
    long takeoverNanos,
    long terms) {

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%4d  %-17s %s%s  %5d ms   %-22s term +%d",
        number,
        kind.id(),
        host,
        led ? " leads" : "      ",
        time.toMillis(),
        movedTo.isEmpty() ? "stayed" : "to " + movedTo + " in " + takeoverNanos / 1_000_000 + " ms",
        terms);
  }
}

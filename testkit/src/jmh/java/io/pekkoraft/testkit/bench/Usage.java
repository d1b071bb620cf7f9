package io.pekkoraft.testkit.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * What a process has used since its start, or several together.
 *
 * @param cpuNanos processor time
 * @param flushes how often the members' journals were flushed
 * @param heapBytes the most heap that was in use after a collection, of any one process
 * @param applied the least that a member's state machine has applied
 */
record Usage(long cpuNanos, long flushes, long heapBytes, long applied) {

  static Usage ofThisProcess(long flushes, long applied) {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new Usage(system.getProcessCpuTime(), flushes, HeapWatch.mostAfterCollection(), applied);
  }

  Usage plus(@Nullable Usage other) {
    return other == null
        ? this
        : new Usage(
            cpuNanos + other.cpuNanos,
            flushes + other.flushes,
            Math.max(heapBytes, other.heapBytes),
            Math.min(applied, other.applied));
  }

  /** One line, for {@link #parse}. */
  String toLine() {
    return cpuNanos + " " + flushes + " " + heapBytes + " " + applied;
  }

  static Usage parse(String line) {
    String[] words = line.split(" ", -1);
    return new Usage(
        Long.parseLong(words[0]),
        Long.parseLong(words[1]),
        Long.parseLong(words[2]),
        Long.parseLong(words[3]));
  }
}

package io.pekkoraft.testkit;

import io.pekkoraft.testkit.fault.StepKind;

/**
 * One thing that happens in a random run. What exactly depends on {@code seed} alone and on how the
 * group is then, not on the steps before.
 *
 * @param atMicros virtual microseconds since the start
 * @param seed at most 32 bits
 */
record Step(long atMicros, StepKind kind, long seed) {
  static final long NANOS_PER_MICRO = 1_000;

  long atNanos() {
    return atMicros * NANOS_PER_MICRO;
  }

  Step at(long micros) {
    return new Step(micros, kind, seed);
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return atMicros + ":" + kind + ":" + Long.toHexString(seed);
  }

  /**
   * @throws IllegalArgumentException if it is none
   */
  static Step parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("not a step: " + text);
    }
    return new Step(
        Long.parseLong(parts[0]), StepKind.valueOf(parts[1]), Long.parseLong(parts[2], 16));
  }
}

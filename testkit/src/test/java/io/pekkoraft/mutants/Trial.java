package io.pekkoraft.mutants;

import java.util.Arrays;
import java.util.Locale;

/**
 * The random runs that a mutant can be put to. Each is a class with a public constructor that is a
 * {@code LongFunction<String>}: it runs a seed, and returns what it noticed, or null.
 */
enum Trial {
  /** A whole group of production roles on virtual time, under faults. */
  SWARM("io.pekkoraft.testkit.SwarmTrial"),

  /** The same; what fails is shrunk. */
  SHRINK("io.pekkoraft.testkit.ShrinkTrial"),

  /** Whole actor systems on virtual time, under faults, down to the bytes on their disks. */
  FULLSTACK("io.pekkoraft.testkit.fullstack.FullStackTrial"),

  /** The same; what fails is made smaller. */
  SHRINK_FULLSTACK("io.pekkoraft.testkit.fullstack.FullStackShrinkTrial"),

  /** The write-ahead log, and a power loss at every call to its disk. */
  CRASH("io.pekkoraft.persistence.wal.CrashPointTrial"),

  /** Tests or scenarios that the mutant names; no random run. */
  TESTS("");

  private final String className;

  Trial(String className) {
    this.className = className;
  }

  static Trial named(String name) {
    return Arrays.stream(values())
        .filter(trial -> trial.toString().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no trial " + name));
  }

  String className() {
    return className;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

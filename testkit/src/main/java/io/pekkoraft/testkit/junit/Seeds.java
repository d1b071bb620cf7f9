package io.pekkoraft.testkit.junit;

import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** Which seeds a test runs with: its annotation says, unless the command line does. */
final class Seeds {

  private Seeds() {}

  /**
   * @throws ExtensionConfigurationException if what the command line or the annotation says is no
   *     number, or no seed at all
   */
  static LongStream wanted(int annotated, long firstAnnotated) {
    Long only = property("raft.seed");
    if (only != null) {
      return LongStream.of(only);
    }
    Long first = property("raft.seed.first");
    Long seeds = property("raft.seeds");
    long from = first != null ? first : firstAnnotated;
    long count = seeds != null ? seeds : annotated;
    if (count < 1) {
      throw new ExtensionConfigurationException("a test needs 1 seed or more, not " + count);
    }
    return LongStream.range(from, from + count);
  }

  private static @Nullable Long property(String name) {
    String value = System.getProperty(name);
    try {
      return value == null ? null : Long.valueOf(value.strip());
    } catch (NumberFormatException e) {
      throw new ExtensionConfigurationException(
          "-D" + name + "=" + value + " is no number; a failed test printed it as -Draft.seed=17",
          e);
    }
  }
}

package io.pekkoraft.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.fullstack.QuietLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A failure is shrunk by itself to what a person can read, and fails in the same way then. */
@ExtendWith(QuietLog.class)
class ShrinkerTest {
  private static final int FEW_EVENTS = 200;
  private static final long FEW_MILLIS = 5_000;

  /** What a trial says of what it has found and shrunk. */
  private static List<String> shrunk(String id, Trial trial, int seeds) throws IOException {
    Mutant mutant =
        Mutant.readAll(Path.of("src/test/resources/mutants")).stream()
            .filter(known -> known.id().equals(id))
            .findFirst()
            .orElseThrow();
    long begun = System.nanoTime();
    Hunt.Catch caught =
        new Hunt().hunt(mutant.on(trial), LongStream.rangeClosed(1, seeds).boxed().toList());
    assertThat(caught).as("found within %s seeds", seeds).isNotNull();
    List<String> fields = List.of(caught.by().split("\t", -1));
    System.out.printf(
        "%s, seed %d, in %.0f s: %s%n",
        mutant, caught.seed(), (System.nanoTime() - begun) / 1e9, String.join("\n  ", fields));
    return fields;
  }

  @ParameterizedTest
  @ValueSource(strings = {"M01", "X21", "X43"})
  @Timeout(300) // seconds, unless the machine is busy
  void what_a_mutant_breaks_is_shrunk_and_still_broken(String id) throws IOException {
    List<String> fields = shrunk(id, Trial.SHRINK, 50);
    assertThat(Long.parseLong(fields.get(1))).as("events").isLessThanOrEqualTo(FEW_EVENTS);
    assertThat(fields.get(2)).as("run again from its line").isEqualTo(fields.get(0));
  }

  /**
   * Some dozen runs of the whole stack each, so only on demand: {@code
   * -Draft.fullstack.shrink=true}.
   */
  @ParameterizedTest
  @ValueSource(strings = {"F16", "F17", "F19"})
  @Timeout(600) // seconds, unless the machine is busy
  @EnabledIfSystemProperty(named = "raft.fullstack.shrink", matches = "true")
  void what_a_mutant_breaks_in_the_whole_stack_is_made_smaller_and_still_broken(String id)
      throws IOException {
    List<String> fields = shrunk(id, Trial.SHRINK_FULLSTACK, 20);
    String millis = fields.get(2).replaceAll(".*,millis=(\\d+),.*", "$1");
    assertThat(Long.parseLong(millis)).as("of faults").isLessThanOrEqualTo(FEW_MILLIS);
    assertThat(fields.get(4)).as("run again from its line").isEqualTo(fields.get(0));
  }
}

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

/**
 * What a mutant breaks in the whole stack is made smaller, and broken still. Some dozen runs of the
 * whole stack each, so only on demand: {@code -Draft.fullstack.shrink=true}.
 */
@ExtendWith(QuietLog.class)
@EnabledIfSystemProperty(named = "raft.fullstack.shrink", matches = "true")
class FullStackShrinkerTest {
  private static final long FEW_MILLIS = 5_000;

  @ParameterizedTest
  @ValueSource(strings = {"F16", "F17", "F19"})
  @Timeout(600) // seconds, unless the machine is busy
  void what_a_mutant_breaks_is_made_smaller_and_still_broken(String id) throws IOException {
    Mutant mutant =
        Mutant.readAll(Path.of("src/test/resources/mutants")).stream()
            .filter(known -> known.id().equals(id))
            .findFirst()
            .orElseThrow();
    long begun = System.nanoTime();
    Hunt.Catch caught =
        new Hunt()
            .hunt(
                mutant.on(Trial.SHRINK_FULLSTACK), LongStream.rangeClosed(1, 20).boxed().toList());
    assertThat(caught).as("found within 20 seeds").isNotNull();
    List<String> fields = List.of(caught.by().split("\t", -1));
    System.out.printf(
        "%s: %s%n  from  %s%n  to    %s%n  after %s runs, %.0f s%n",
        mutant,
        fields.get(0),
        fields.get(1),
        fields.get(2),
        fields.get(3),
        (System.nanoTime() - begun) / 1e9);
    assertThat(fields.get(4)).as("run again from its line").isEqualTo(fields.get(0));
    String millis = fields.get(2).replaceAll(".*,millis=(\\d+),.*", "$1");
    assertThat(Long.parseLong(millis)).as("of faults").isLessThanOrEqualTo(FEW_MILLIS);
  }
}

package io.pekkoraft.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A failure is shrunk by itself to what a person can read, and fails in the same way then. */
class ShrinkerTest {
  private static final int FEW_EVENTS = 200;

  @ParameterizedTest
  @ValueSource(strings = {"M01", "X21", "X43"})
  @Timeout(300) // seconds, unless the machine is busy
  void what_a_mutant_breaks_is_shrunk_and_still_broken(String id) throws IOException {
    Mutant mutant =
        Mutant.readAll(Path.of("src/test/resources/mutants")).stream()
            .filter(known -> known.id().equals(id))
            .findFirst()
            .orElseThrow();
    Hunt.Catch caught =
        new Hunt().hunt(mutant.on(Trial.SHRINK), LongStream.rangeClosed(1, 50).boxed().toList());
    assertThat(caught).as("found within 50 seeds").isNotNull();
    List<String> fields = List.of(caught.by().split("\t", -1));
    System.out.println(mutant + ", seed " + caught.seed() + ", shrunk: " + fields);
    assertThat(Long.parseLong(fields.get(1))).as("events").isLessThanOrEqualTo(FEW_EVENTS);
    assertThat(fields.get(2)).as("run again from its line").isEqualTo(fields.get(0));
  }
}

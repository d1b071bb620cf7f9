package io.pekkoraft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No invariant is there that cannot fail: each is broken here, in a group that is otherwise well,
 * and is the one that is named.
 */
class InvariantsTest {
  private static final Path SOURCES = Path.of("src/main/java/io/pekkoraft/testkit");

  /** Where invariants of the protocol are stated. */
  private static final List<String> FILES =
      List.of(
          "AcknowledgementChecks",
          "BoundChecks",
          "CatchingUp",
          "ClientChecks",
          "CommitChecks",
          "ConductChecks",
          "ElectionChecks",
          "Invariants",
          "LeadershipChecks",
          "LogChecks",
          "PartialPartition",
          "Recovery",
          "SimulatedProcess",
          "SimulatedStateMachine",
          "Simulation",
          "StateChecks",
          "SwarmWorld");

  /** By their numbers, or by where they stand. */
  private static final List<Pattern> NAMES =
      List.of(
          Pattern.compile("\"((?:I\\d+ |L\\d |conduct: )[^\"]+)\""),
          Pattern.compile("(?:violation|must)\\(\\s*\"([^\"]+)\""),
          Pattern.compile("\"([^\"]+)\",\\s+(?:node|other|asked),\\s+\\(\\) ->"));

  private static final Map<String, Consumer<BrokenGroup>> BREAKS = breaks();

  private static Map<String, Consumer<BrokenGroup>> breaks() {
    Map<String, Consumer<BrokenGroup>> breaks = new LinkedHashMap<>();
    ElectionBreaks.addTo(breaks);
    LogBreaks.addTo(breaks);
    ClientBreaks.addTo(breaks);
    return breaks;
  }

  static Stream<String> names() {
    return BREAKS.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void an_invariant_that_is_broken_is_named(String name) {
    BrokenGroup group = new BrokenGroup();
    assertThatThrownBy(() -> Objects.requireNonNull(BREAKS.get(name)).accept(group))
        .isInstanceOfSatisfying(
            InvariantViolation.class,
            violation ->
                assertThat(violation.invariant()).as(violation.getMessage()).isEqualTo(name));
  }

  @Test
  void each_invariant_that_is_stated_is_broken_here() throws IOException {
    Set<String> stated = new TreeSet<>();
    for (String file : FILES) {
      String source = Files.readString(SOURCES.resolve(file + ".java"));
      for (Pattern names : NAMES) {
        Matcher matcher = names.matcher(source);
        while (matcher.find()) {
          stated.add(matcher.group(1));
        }
      }
    }
    assertThat(new TreeSet<>(BREAKS.keySet())).isEqualTo(stated);
  }

  @Test
  void each_invariant_stands_in_the_documentation() throws IOException {
    String page = Files.readString(Path.of("../docs/simulation.md"));
    assertThat(BREAKS.keySet().stream().filter(name -> !page.contains(name))).isEmpty();
  }
}

package io.pekkoraft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

/** What singletons and leases promise is broken here, one promise at a time, and named. */
class CoordinationChecksTest {
  private static final String NAME = "singleton/0";
  private static final Pattern STATED = Pattern.compile("violation\\(\\s*\"([^\"]+)\"");
  private static final Map<String, Consumer<Acting>> BREAKS = breaks();

  /** Three members and a machine beside them; one of the four holds the name. */
  private static final class Acting {
    final CoordinationChecks checks;
    final SimulatedSession holder;
    final SimulatedSession other;

    /** The token under which the holder acts. */
    final long token;

    Acting() {
      CoordinationSimulation world =
          new CoordinationSimulation(
              3, 1, 1, Cluster.SETTINGS, 0, 1, "CoordinationChecksTest", new CoordinationFaults());
      world.start();
      checks = world.checks();
      assertThat(
              world
                  .simulation()
                  .await(() -> checks.lastHandledNanos(NAME) > 0, Duration.ofSeconds(20)))
          .isTrue();
      List<SimulatedSession> sessions = world.sessions();
      holder = sessions.stream().filter(session -> session.holds(NAME)).findFirst().orElseThrow();
      other = sessions.stream().filter(session -> session != holder).findFirst().orElseThrow();
      token = checks.newestToken(NAME);
    }
  }

  private static Map<String, Consumer<Acting>> breaks() {
    Map<String, Consumer<Acting>> breaks = new LinkedHashMap<>();
    breaks.put("I30 a token is given once", a -> a.checks.assigned(NAME, a.token, a.other));
    breaks.put(
        "no two handlers of a name at a time",
        a -> {
          a.checks.begins(NAME, a.token, a.holder);
          a.checks.begins(NAME, a.token + 1, a.other);
        });
    breaks.put(
        "I30 who was superseded handles nothing more",
        a -> {
          a.checks.begins(NAME, a.token + 1, a.holder);
          a.checks.begins(NAME, a.token, a.holder);
        });
    breaks.put(
        "I30 one session holds a name",
        a -> a.checks.oneHolds(List.of(a.holder, a.other, a.holder), List.of(NAME)));
    return breaks;
  }

  static Stream<String> names() {
    return BREAKS.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void a_promise_that_is_broken_is_named(String name) {
    Acting acting = new Acting();
    assertThatThrownBy(() -> Objects.requireNonNull(BREAKS.get(name)).accept(acting))
        .isInstanceOfSatisfying(
            InvariantViolation.class,
            violation ->
                assertThat(violation.invariant()).as(violation.getMessage()).isEqualTo(name));
  }

  @Test
  void each_promise_that_is_checked_is_broken_here_and_stands_in_the_documentation()
      throws IOException {
    Path checks = Path.of("src/main/java/io/pekkoraft/testkit/CoordinationChecks.java");
    Matcher matcher = STATED.matcher(Files.readString(checks));
    Set<String> stated = new TreeSet<>();
    while (matcher.find()) {
      stated.add(matcher.group(1));
    }
    assertThat(new TreeSet<>(BREAKS.keySet())).isEqualTo(stated);
    assertThat(Files.readString(Path.of("../docs/simulation.md"))).contains(stated);
  }
}

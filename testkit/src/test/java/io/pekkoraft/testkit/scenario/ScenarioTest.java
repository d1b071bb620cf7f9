package io.pekkoraft.testkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The language itself: what it refuses, and that a scenario can fail. */
class ScenarioTest {

  private static ScenarioResult play(String... lines) {
    Scenario scenario = Scenario.parse("a.scenario", String.join("\n", lines) + "\n");
    return ScenarioRunner.run(scenario, 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jump | a step, or a line of the setup",
        "nodes 12 | a number of members from 1 to 9",
        "cut a b | '|' or '->' and the members of the other side",
        "cut a -> z | the name of a member",
        "elapse 10 | a duration such as 300ms or 10s",
        "expect a leads | 'is', 'are', 'has a lease', 'has no lease' or 'converged'",
        "expect a is king | a role, one of [down, recovering, follower",
        "expect x committed | a condition",
        "expect terms(a) = 1 | a number, the name of one, or one of the functions",
        "hold Votes | 'messages', 'grants', 'contacts' or one of [AppendEntries",
        "inject Heartbeat from a to b entries=1 | 'term' or one of [commit, sent, transfer]",
        "propose a at b | a name that is not taken",
        "show colours | one of [roles, votes",
        "heal a | '|' or '->'",
        "elapse 1s now | the end of the line",
        "end | a 'repeat' before 'end'",
        "repeat 2 | 'end'",
        "settings speed 3 | before it one of heartbeat-interval",
        "expect term(a) ~ 3 | a word, a number or a duration",
      })
  void what_cannot_be_read_says_where_and_what_was_expected(String line, String expected) {
    assertThatThrownBy(() -> Scenario.parse("a.scenario", "# first\n" + line))
        .isInstanceOf(ScenarioSyntaxException.class)
        .hasMessageStartingWith("a.scenario:2: expected ")
        .hasMessageContaining(expected);
  }

  @Test
  void the_setup_comes_first() {
    assertThatThrownBy(() -> Scenario.parse("a.scenario", "elapse 1s\nnodes 5"))
        .hasMessageContaining("a.scenario:2: expected 'nodes' before the first step");
  }

  @Test
  void what_is_not_so_fails_with_its_line_and_what_was_found() {
    ScenarioResult result = play("formed", "let L = leader", "expect L is follower");
    assertThat(result.failure())
        .hasMessageStartingWith("a.scenario:3: expect L is follower\n  it is not so, but a leader");
    assertThat(play("formed", "let t = term(a)", "throughout 9s term(b) > t").failure())
        .hasMessageContaining("not so at 1205 ms, but 1 and 1");
    assertThat(play("crash a", "expect term(a) = 0").failure())
        .hasMessageContaining("a.scenario:2: expect term(a) = 0\n  a does not run");
    assertThat(play("await x2 within 1s".replace("x2", "a is leader")).failure())
        .hasMessageContaining("not within 1000 ms, but a follower");
  }

  @Test
  void an_invariant_that_is_violated_fails_the_scenario() {
    ScenarioResult result = play("formed", "inject AppendEntries from b to a entries=1");
    assertThat(result.failure()).hasMessageContaining("nobody lies here, so there is no alarm");
  }

  @Test
  void the_same_scenario_has_the_same_trace() {
    String[] lines = {"show everything", "formed", "crash a", "await b is leader", "status"};
    assertThat(play(lines).text()).isEqualTo(play(lines).text()).contains("> b  leader  term 2");
  }

  @Test
  void another_trace_fails_and_is_written_on_demand(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("x.scenario");
    Files.writeString(file, "formed\ncrash a\nawait b is leader\n> 1 ms  b  leads\n");
    String before = System.getProperty(ScenarioRunner.PROPERTY, "");
    try {
      System.setProperty(ScenarioRunner.PROPERTY, "");
      assertThatThrownBy(() -> ScenarioRunner.check(file))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("x.scenario:4: the trace is another one")
          .hasMessageContaining("expected: > 1 ms  b  leads");
      System.setProperty(ScenarioRunner.PROPERTY, "write");
      ScenarioRunner.check(file);
      assertThat(Files.readString(file)).contains("b  candidate -> leader  term 2");
      System.setProperty(ScenarioRunner.PROPERTY, "");
      ScenarioRunner.check(file);
    } finally {
      System.setProperty(ScenarioRunner.PROPERTY, before);
    }
  }
}

package io.pekkoraft.testkit.scenario;

import io.pekkoraft.testkit.Pictures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Plays scenarios and compares what happened with what they say. */
public final class ScenarioRunner {
  /**
   * Set to {@code write}, this system property lets the files be written anew with what happened.
   */
  public static final String PROPERTY = "raft.scenarios";

  private ScenarioRunner() {}

  /**
   * Plays the scenario once.
   *
   * @param seed what chance decides is drawn from this; 0: nothing is left to chance
   */
  public static ScenarioResult run(Scenario scenario, long seed) {
    return scenario.play(seed, simulation -> {});
  }

  /**
   * Plays a scenario, compares its trace, and plays it for as many other seeds as it says, then
   * with its expectations alone.
   *
   * @throws ScenarioSyntaxException if it cannot be read
   * @throws AssertionError if anything is not as it says
   */
  public static void check(Path file) {
    Scenario scenario = Scenario.parse(file);
    ScenarioResult result = check(scenario);
    if ("write".equals(System.getProperty(PROPERTY)) && !result.text().equals(scenario.text())) {
      try {
        Files.writeString(file, result.text());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    } else {
      expectSame(scenario, result.text());
    }
  }

  private static ScenarioResult check(Scenario scenario) {
    ScenarioResult first = check(scenario, scenario.setup().seed());
    for (long seed = 1; seed <= scenario.setup().seeds(); seed++) {
      check(scenario, seed);
    }
    return first;
  }

  /** If it fails there is a picture of it: see {@link Pictures}. */
  private static ScenarioResult check(Scenario scenario, long seed) {
    return Pictures.of(
        scenario.file() + (seed == 0 ? "" : "-seed-" + seed),
        made -> {
          ScenarioResult result = scenario.play(seed, made);
          AssertionError failure = result.failure();
          if (failure != null) {
            throw failure;
          }
          return result;
        });
  }

  private static void expectSame(Scenario scenario, String happened) {
    String[] expected = scenario.text().split("\n", -1);
    String[] found = happened.split("\n", -1);
    for (int i = 0; i < Math.max(expected.length, found.length); i++) {
      String one = i < expected.length ? expected[i] : "the end of the file";
      String other = i < found.length ? found[i] : "nothing more";
      if (!one.equals(other)) {
        throw new AssertionError(
            scenario.file()
                + ":"
                + (i + 1)
                + ": the trace is another one\n  expected: "
                + one
                + "\n  happened: "
                + other
                + "\n(-D"
                + PROPERTY
                + "=write writes it anew)\n"
                + happened);
      }
    }
  }
}

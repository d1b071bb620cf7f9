package io.pekkoraft.testkit.scenario;

/** Something was not as a scenario says. */
final class ScenarioFailure extends AssertionError {
  private static final long serialVersionUID = 1L;

  ScenarioFailure(String message, Throwable cause) {
    super(message, cause);
  }
}

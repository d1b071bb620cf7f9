package io.pekkoraft.testkit.scenario;

/** What a line does. */
@FunctionalInterface
interface Step {
  /**
   * @throws AssertionError if something is not as the line says
   */
  void run(Run run);
}

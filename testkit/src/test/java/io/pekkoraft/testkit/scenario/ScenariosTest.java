package io.pekkoraft.testkit.scenario;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** All scenario files; {@code -Draft.scenarios=write} writes their traces anew. */
class ScenariosTest {
  static final Path FOLDER = Path.of("src/test/resources/scenarios");

  @TestFactory
  Stream<DynamicNode> scenarios() {
    return ScenarioTests.in(FOLDER);
  }
}

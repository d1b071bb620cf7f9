package io.pekkoraft.testkit.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;

/**
 * Scenarios as tests of JUnit 5:
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicNode> scenarios() {
 *   return ScenarioTests.in(Path.of("src/test/resources/scenarios"));
 * }
 * }</pre>
 */
public final class ScenarioTests {
  /** Only files whose path contains this system property's text are tests then. */
  public static final String ONLY = "raft.scenarios.only";

  private static final String SUFFIX = ".scenario";

  private ScenarioTests() {}

  /** A test for each file {@code *.scenario}, a container for each folder with any. */
  public static Stream<DynamicNode> in(Path folder) {
    return list(folder).stream()
        .flatMap(
            path ->
                Files.isDirectory(path)
                    ? Stream.of(
                        DynamicContainer.dynamicContainer(name(path), path.toUri(), in(path)))
                    : Stream.of(
                        DynamicTest.dynamicTest(
                            name(path), path.toUri(), () -> ScenarioRunner.check(path))));
  }

  /** All scenario files in a folder and below, in order. */
  public static List<Path> files(Path folder) {
    return list(folder).stream()
        .flatMap(path -> Files.isDirectory(path) ? files(path).stream() : Stream.of(path))
        .toList();
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths
          .filter(path -> Files.isDirectory(path) || isWanted(path.toString()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isWanted(String path) {
    return path.endsWith(SUFFIX) && path.contains(System.getProperty(ONLY, ""));
  }

  private static String name(Path path) {
    Path last = path.getFileName();
    String name = last == null ? path.toString() : last.toString();
    return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
  }
}

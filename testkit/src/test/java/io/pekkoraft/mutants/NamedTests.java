package io.pekkoraft.mutants;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.launcher.EngineFilter.includeEngines;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.discovery.MethodSelector;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Runs tests of the persistence module, and scenarios, by name, with the classes of a given loader.
 */
final class NamedTests {
  private static final String PACKAGE = "io.pekkoraft.persistence.";

  private static final String SCENARIO = ".scenario";
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");

  private NamedTests() {}

  /**
   * @param test as {@code package.Class#method}, or the path of a scenario below those of this
   *     module
   * @return what failed first, or null if all passed
   * @throws AssertionError if there is no such test, or it was not run
   */
  static @Nullable String failure(ClassLoader loader, String test) throws ClassNotFoundException {
    return test.endsWith(SCENARIO) ? ofScenario(loader, test) : ofTest(loader, test);
  }

  private static @Nullable String ofScenario(ClassLoader loader, String file)
      throws ClassNotFoundException {
    Path path = SCENARIOS.resolve(file);
    if (!Files.exists(path)) {
      throw new AssertionError("there is no scenario " + file);
    }
    try {
      loader
          .loadClass("io.pekkoraft.testkit.scenario.ScenarioRunner")
          .getMethod("check", Path.class)
          .invoke(null, path);
      return null;
    } catch (InvocationTargetException e) {
      return String.valueOf(e.getCause());
    } catch (NoSuchMethodException | IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static @Nullable String ofTest(ClassLoader loader, String test)
      throws ClassNotFoundException {
    int hash = test.indexOf('#');
    String method = test.substring(hash + 1);
    Class<?> type = loader.loadClass(PACKAGE + test.substring(0, hash));
    List<MethodSelector> selected =
        Arrays.stream(type.getDeclaredMethods())
            .filter(candidate -> candidate.getName().equals(method))
            .map((Method found) -> selectMethod(type, found))
            .toList();
    if (selected.isEmpty()) {
      throw new AssertionError("there is no test " + test);
    }
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selected)
            .filters(includeEngines("junit-jupiter"))
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(
        loader); // by which Pekko finds classes that its configuration names
    try {
      LauncherFactory.create().execute(request, listener);
    } finally {
      thread.setContextClassLoader(before);
    }
    TestExecutionSummary summary = listener.getSummary();
    if (summary.getTestsStartedCount() == 0) {
      throw new AssertionError("nothing was run of " + test);
    }
    return summary.getFailures().stream()
        .map(failed -> String.valueOf(failed.getException()))
        .findFirst()
        .orElse(null);
  }
}

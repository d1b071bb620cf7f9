package io.pekkoraft.testkit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import org.jspecify.annotations.Nullable;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs a test that may fail, to look at what JUnit makes of it. */
public final class RunByJUnit {

  private RunByJUnit() {}

  /**
   * Runs a method of a test class, or of one that is none for the build.
   *
   * @param property a system property that is set meanwhile
   * @param parameters the types of the method's
   */
  public static TestExecutionSummary run(
      Class<?> type, String method, String property, String value, Class<?>... parameters) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectMethod(type, method, parameters))
            .build();
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    String before = System.getProperty(property);
    set(property, value);
    try {
      LauncherFactory.create().execute(request, summary);
    } finally {
      set(property, before);
    }
    return summary.getSummary();
  }

  private static void set(String property, @Nullable String value) {
    if (value == null) {
      System.clearProperty(property);
    } else {
      System.setProperty(property, value);
    }
  }
}

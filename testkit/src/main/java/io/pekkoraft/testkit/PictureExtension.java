package io.pekkoraft.testkit;

import io.pekkoraft.testkit.Pictures.Wanted;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

/**
 * Makes a picture of a test that fails, or of every test if {@link Pictures} are wanted of all: of
 * the cluster that it has made last, a {@link Cluster} or one of whole actor systems, in the fields
 * of its class or later. For classes of scenarios: {@code @ExtendWith(PictureExtension.class)}.
 */
public final class PictureExtension
    implements TestInstancePreConstructCallback, BeforeEachCallback, AfterEachCallback {

  @Override
  public void preConstructTestInstance(
      TestInstanceFactoryContext instance, ExtensionContext context) {
    Pictures.beginScenario();
  }

  /** A class that is constructed once has more tests than that. */
  @Override
  public void beforeEach(ExtensionContext context) {
    if (!Pictures.isScenario()) {
      Pictures.beginScenario();
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Picture picture = Pictures.endScenario();
    Optional<Throwable> failure = context.getExecutionException();
    if (picture == null || (failure.isEmpty() && Pictures.wanted() != Wanted.ALL)) {
      return;
    }
    String name =
        context.getRequiredTestClass().getSimpleName()
            + "-"
            + context.getRequiredTestMethod().getName();
    if (failure.isPresent()) {
      Pictures.writeFailed(name, picture, failure.get());
    } else {
      Pictures.write(name, picture);
    }
  }
}

package io.pekkoraft.testkit;

import io.pekkoraft.testkit.Pictures.Wanted;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Makes a picture of a test that fails, or of every test if {@link Pictures} are wanted of all: of
 * the {@link Cluster} that it has made last. For classes of scenarios:
 * {@code @ExtendWith(PictureExtension.class)}.
 */
public final class PictureExtension implements BeforeEachCallback, AfterEachCallback {

  @Override
  public void beforeEach(ExtensionContext context) {
    Pictures.beginScenario();
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
    picture.titled(context.getDisplayName());
    if (failure.isPresent()) {
      Pictures.writeFailed(name, picture, failure.get());
    } else {
      Pictures.write(name, picture);
    }
  }
}

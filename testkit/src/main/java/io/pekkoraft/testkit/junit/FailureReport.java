package io.pekkoraft.testkit.junit;

import io.pekkoraft.testkit.Cluster;
import io.pekkoraft.testkit.InvariantViolation;
import io.pekkoraft.testkit.Picture;
import io.pekkoraft.testkit.Pictures;
import io.pekkoraft.testkit.RaftTestKit;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What a person is told when a test on a cluster fails: the one place where that is made. */
final class FailureReport {

  /** Stands with a failure, so that whoever prints that prints this too. */
  private static final class HowToSeeItAgain extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HowToSeeItAgain(String replay) {
      super(replay, null, false, false);
    }
  }

  private FailureReport() {}

  /** The command that runs this test with this seed again. */
  static String replay(RaftTestKit kit, ExtensionContext context) {
    return "mvn test -Dtest='"
        + context.getRequiredTestClass().getSimpleName()
        + "#"
        + context.getRequiredTestMethod().getName()
        + "' -Draft.seed="
        + kit.seed();
  }

  /** Records what is needed for a picture of the run, unless none is wanted. */
  static @Nullable Picture watch(Cluster cluster) {
    return Pictures.wanted() == Pictures.Wanted.NONE ? null : Picture.of(cluster.simulation());
  }

  static void tell(
      RaftTestKit kit,
      Cluster cluster,
      @Nullable Picture picture,
      ExtensionContext context,
      Throwable failure) {
    StringBuilder how = new StringBuilder("seed " + kit.seed());
    how.append(", replay: ").append(replay(kit, context));
    if (picture != null) {
      picture.failed(failure.toString());
      how.append("\n  picture: ").append(write(picture, kit, context));
    }
    failure.addSuppressed(new HowToSeeItAgain(how.toString()));
    if (!(failure instanceof InvariantViolation)) { // which has told all of it
      System.err.println(cluster.report(context.getDisplayName() + ": " + failure));
    }
  }

  /** A picture of a run that passed, if one of every run is wanted. */
  static void passed(@Nullable Picture picture, RaftTestKit kit, ExtensionContext context) {
    if (picture != null && Pictures.wanted() == Pictures.Wanted.ALL) {
      write(picture, kit, context);
    }
  }

  private static Path write(Picture picture, RaftTestKit kit, ExtensionContext context) {
    String name =
        context.getRequiredTestClass().getSimpleName()
            + "-"
            + context.getRequiredTestMethod().getName()
            + "-"
            + kit.seed();
    Path file = Pictures.file(name).toAbsolutePath();
    picture.titled(name).writeTo(file);
    return file;
  }
}

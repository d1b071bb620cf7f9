package io.pekkoraft.testkit.junit;

import io.pekkoraft.testkit.Picture;
import io.pekkoraft.testkit.Pictures;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What a person is told when a test on a cluster fails: the one place where that is made. */
record FailureReport(long seed, ExtensionContext context) {

  /** Stands with a failure, so that whoever prints that prints this too. */
  private static final class HowToSeeItAgain extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HowToSeeItAgain(String replay) {
      super(replay, null, false, false);
    }
  }

  /** The command that runs this test with this seed again. */
  String replay() {
    return "mvn test -Dtest='"
        + context.getRequiredTestClass().getSimpleName()
        + "#"
        + context.getRequiredTestMethod().getName()
        + "' -Draft.seed="
        + seed;
  }

  /**
   * @param report the end of the run, below what is said
   */
  void tell(UnaryOperator<String> report, @Nullable Picture picture, Throwable failure) {
    StringBuilder how = new StringBuilder("seed " + seed);
    how.append(", replay: ").append(replay());
    if (picture != null) {
      picture.failed(failure.toString());
      how.append("\n  picture: ").append(write(picture));
    }
    failure.addSuppressed(new HowToSeeItAgain(how.toString()));
    boolean hasToldAllOfIt = String.valueOf(failure.getMessage()).contains(replay());
    if (!hasToldAllOfIt) {
      System.err.println(report.apply(context.getDisplayName() + ": " + failure));
    }
  }

  /** A picture of a run that passed, if one of every run is wanted. */
  void passed(@Nullable Picture picture) {
    if (picture != null && Pictures.wanted() == Pictures.Wanted.ALL) {
      write(picture);
    }
  }

  private Path write(Picture picture) {
    String name =
        context.getRequiredTestClass().getSimpleName()
            + "-"
            + context.getRequiredTestMethod().getName()
            + "-"
            + seed;
    Path file = Pictures.file(name).toAbsolutePath();
    picture.titled(name).writeTo(file);
    return file;
  }
}

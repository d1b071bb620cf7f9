package io.pekkoraft.testkit;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * When pictures are made, and where: {@code -Draft.picture=failed} (the default) makes one of each
 * run that failed, {@code all} of each run, {@code none} of none. They are written to {@code
 * target/pictures}.
 */
public final class Pictures {
  private static final Path DIRECTORY = Path.of("target", "pictures");

  private static final ThreadLocal<Boolean> RECORDS = ThreadLocal.withInitial(() -> false);
  private static final ThreadLocal<Picture> LAST = new ThreadLocal<>();

  /** Which runs get a picture. */
  public enum Wanted {
    NONE,
    FAILED,
    ALL
  }

  private Pictures() {}

  /** As the property says now. */
  public static Wanted wanted() {
    return switch (System.getProperty("raft.picture", "failed")) {
      case "all" -> Wanted.ALL;
      case "none" -> Wanted.NONE;
      default -> Wanted.FAILED;
    };
  }

  /**
   * The file for a picture of this name.
   *
   * @param name of what was run; what cannot stand in the name of a file becomes a hyphen
   */
  public static Path file(String name) {
    return DIRECTORY.resolve(name.replaceAll("[^A-Za-z0-9_.]+", "-") + ".html");
  }

  /**
   * Runs a seed. If it fails it is run again, with a recorder, and the failure says where the
   * picture is. So runs that pass cost nothing.
   *
   * @param name of the picture's file
   * @param run runs the seed, the same each time; calls the consumer with the simulation before it
   *     starts
   */
  public static <T> T of(String name, Function<Consumer<Simulation>, T> run) {
    return again(
        name,
        () -> run.apply(simulation -> {}),
        made -> run.apply(simulation -> made.set(Picture.of(simulation))));
  }

  /**
   * The same for whatever makes a cluster, of any kind, on this thread; the last that it makes is
   * drawn.
   *
   * @param run does the same each time
   */
  public static <T> T of(String name, Supplier<T> run) {
    return again(
        name,
        run,
        made -> {
          beginScenario();
          try {
            return run.get();
          } finally {
            made.set(endScenario());
          }
        });
  }

  private static <T> T again(
      String name, Supplier<T> run, Function<AtomicReference<@Nullable Picture>, T> recorded) {
    if (wanted() == Wanted.ALL) {
      return recorded(name, recorded);
    }
    try {
      return run.get();
    } catch (RuntimeException | Error failure) {
      if (wanted() == Wanted.NONE) {
        throw failure;
      }
      try {
        recorded(name, recorded);
      } catch (RuntimeException | Error again) {
        if (!again.getClass().equals(failure.getClass())) {
          again.addSuppressed(failure); // the recorder itself may be what fails
        }
        throw again;
      }
      throw new IllegalStateException("what failed did not fail again: not the same run", failure);
    }
  }

  private static <T> T recorded(
      String name, Function<AtomicReference<@Nullable Picture>, T> recorded) {
    AtomicReference<@Nullable Picture> picture = new AtomicReference<>();
    T result;
    try {
      result = recorded.apply(picture);
    } catch (InvariantViolation violation) {
      throw violation.with("picture: " + write(name, picture.get()));
    } catch (RuntimeException | Error failure) {
      writeFailed(name, picture.get(), failure);
      throw failure;
    }
    write(name, picture.get());
    return result;
  }

  /** Writes the picture of a run that failed, and says beside the failure where it is. */
  static void writeFailed(String name, @Nullable Picture picture, Throwable failure) {
    if (picture != null) {
      picture.failed(failure.toString());
      Path file = write(name, picture);
      System.out.println("picture: " + file);
      failure.addSuppressed(new Written(file));
    }
  }

  static @Nullable Path write(String name, @Nullable Picture picture) {
    if (picture == null) {
      return null;
    }
    Path file = file(name).toAbsolutePath();
    picture.titled(name).writeTo(file);
    return file;
  }

  /** From now on clusters that this thread makes are recorded, unless no pictures are wanted. */
  public static void beginScenario() {
    RECORDS.set(wanted() != Wanted.NONE);
    LAST.remove();
  }

  /** Whether {@link #beginScenario} was said, and not yet {@link #endScenario}. */
  static boolean isScenario() {
    return RECORDS.get();
  }

  /**
   * A cluster is made: it is recorded from now on, in case a picture is wanted when the scenario
   * ends.
   *
   * @param recorder begins to record it
   */
  public static void made(Supplier<Picture> recorder) {
    if (RECORDS.get()) {
      LAST.set(recorder.get());
    }
  }

  /**
   * @return the picture of the last cluster that this thread made, or null
   */
  public static @Nullable Picture endScenario() {
    Picture last = LAST.get();
    LAST.remove();
    RECORDS.remove();
    return last;
  }

  /** Not a failure of its own: tells beside one where its picture is. */
  static final class Written extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Written(@Nullable Path file) {
      super("picture: " + file, null, false, false);
    }
  }
}

package io.pekkoraft.testkit;

import io.pekkoraft.testkit.picture.Page;
import io.pekkoraft.testkit.picture.Recorder;
import io.pekkoraft.testkit.picture.Recording;
import java.nio.file.Path;

/**
 * A picture of a run: who said what to whom, what became of it, and how every member was at each
 * instant, as one HTML file for a browser.
 *
 * <pre>{@code
 * Picture picture = Picture.of(simulation);
 * // ... the run ...
 * picture.writeTo(Path.of("target/pictures/run.html"));
 * }</pre>
 */
public final class Picture {
  /** How many steps of a run are kept: its last. */
  public static final int MAX_STEPS = Integer.getInteger("raft.picture.steps", 20_000);

  private final Recorder recorder;
  private String title = "";

  private Picture(Recorder recorder) {
    this.recorder = recorder;
  }

  /** Records what happens from now on; the run is the same as without. */
  public static Picture of(Simulation simulation) {
    return of(simulation, MAX_STEPS);
  }

  /**
   * @param maxSteps how many steps are kept
   */
  public static Picture of(Simulation simulation, int maxSteps) {
    PictureListener listener = new PictureListener(simulation, maxSteps);
    simulation.listen(listener);
    return new Picture(listener);
  }

  /** Of whatever is recorded already. */
  public static Picture of(Recorder recorder) {
    return new Picture(recorder);
  }

  /** What was run, in a few words. */
  public Picture titled(String what) {
    title = what;
    return this;
  }

  /**
   * The run has failed, though no invariant was violated.
   *
   * @param what was expected, as an assertion says it
   */
  public void failed(String what) {
    recorder.failed("an expectation of the test", what);
  }

  /** What was recorded so far. */
  public Recording recording() {
    return recorder.recording();
  }

  /**
   * Writes what was recorded so far; the same run gives the same bytes.
   *
   * @param file directories above it are made if they are missing
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  public void writeTo(Path file) {
    page().write(recording(), file);
  }

  /** The text of the file. */
  public String html() {
    return page().html(recording());
  }

  private Page page() {
    Recording recording = recording();
    if (recording.invariant().isEmpty()) { // else it ends where it failed, though time may go on
      recording.until(recorder.nowNanos());
    }
    return new Page(
        title.isEmpty() ? recorder.replay() : title,
        recording.invariant(),
        recording.violation(),
        recorder.replay());
  }
}

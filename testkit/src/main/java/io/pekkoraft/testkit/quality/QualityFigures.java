package io.pekkoraft.testkit.quality;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a test has measured, so that it is printed and stands in the quality report:
 *
 * <pre>{@code
 * QualityFigures.of("Mutants")
 *     .add("mutants caught", caught)
 *     .add("seeds until caught, median", 4)
 *     .write();
 * }</pre>
 *
 * <p>This writes {@code target/quality/COLUMN/mutants.txt} below the module, and prints the same:
 * in the first line the name of the part, then lines of the shape {@code measure = value}. A module
 * that does not see this class writes such a file itself. One test class, one part; of two files of
 * one name the newer counts. COLUMN is the system property {@code raft.quality.column}: {@code
 * verify} unless a profile sets {@code soak}.
 *
 * <p>{@code bin/quality-report} makes {@code docs/quality-report.md} of the files of all modules.
 * What was not measured anew keeps its figures there.
 */
public final class QualityFigures {
  private final String part;
  private final List<String> lines = new ArrayList<>();

  private QualityFigures(String part) {
    this.part = part;
  }

  /**
   * @param part what is measured, as a heading
   */
  public static QualityFigures of(String part) {
    return new QualityFigures(part);
  }

  /**
   * @param measure what was measured, its unit included; without an equals sign
   * @throws IllegalArgumentException if the line could not be read again
   */
  public QualityFigures add(String measure, String value) {
    if ((measure + value).indexOf('\n') >= 0 || measure.indexOf('=') >= 0) {
      throw new IllegalArgumentException(measure + ": " + value);
    }
    lines.add(measure + " = " + value);
    return this;
  }

  public QualityFigures add(String measure, long value) {
    return add(measure, String.format(Locale.ROOT, "%,d", value));
  }

  /** With two places behind the point. */
  public QualityFigures add(String measure, double value) {
    return add(measure, String.format(Locale.ROOT, "%,.2f", value));
  }

  /** Prints the figures and leaves them for the report. */
  public void write() {
    Path directory =
        Path.of("target", "quality", System.getProperty("raft.quality.column", "verify"));
    System.out.println(part + ": " + String.join("; ", lines));
    List<String> text = new ArrayList<>(lines);
    text.add(0, part);
    try {
      Files.createDirectories(directory);
      Files.write(
          directory.resolve(part.toLowerCase(Locale.ROOT).replace(' ', '-') + ".txt"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

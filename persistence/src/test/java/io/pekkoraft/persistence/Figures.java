package io.pekkoraft.persistence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints what a test has measured and leaves it for {@code bin/quality-report}. */
public final class Figures {
  private Figures() {}

  /**
   * @param part what is measured, as a heading; a part belongs to one test
   * @param lines of the shape {@code measure = value}
   */
  public static void write(String part, String... lines) {
    System.out.println(part + ": " + String.join("; ", lines));
    List<String> text = new ArrayList<>(List.of(lines));
    text.add(0, part);
    try {
      Path directory =
          Files.createDirectories(
              Path.of("target", "quality", System.getProperty("raft.quality.column", "verify")));
      Files.write(
          directory.resolve(part.toLowerCase(Locale.ROOT).replace(' ', '-') + ".txt"), text);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A line with a number. */
  public static String line(String measure, long value) {
    return String.format(Locale.ROOT, "%s = %,d", measure, value);
  }
}

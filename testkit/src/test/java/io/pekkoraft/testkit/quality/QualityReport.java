package io.pekkoraft.testkit.quality;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes the quality report of the figures that tests have left in all modules. Run by {@code
 * bin/quality-report}, without anything else on the class path.
 */
final class QualityReport {
  private static final List<String> COLUMNS = List.of("verify", "soak");

  private static final String HEAD =
      """
      # Quality report

      What the tests have measured, as they printed it. `verify` is `mvn -B -ntp verify`, `soak` the profile of that name, which
      takes as long as one lets it. An empty cell: not measured there. Made by

      ```
      bin/quality-report            # of the figures that the last runs left
      bin/quality-report verify     # runs mvn verify first
      bin/quality-report soak       # runs mvn -Psoak verify first; further arguments go to Maven
      ```
      """;

  /** Of each part, of each measure, of each column: what it showed. */
  private final Map<String, Map<String, Map<String, String>>> parts = new TreeMap<>();

  private QualityReport() {}

  /**
   * @param arguments the directory of the project, and what is known of this run, as {@code
   *     measure=value}
   */
  public static void main(String[] arguments) throws IOException {
    Path project = Path.of(arguments[0]);
    List<String> run = List.of(arguments).subList(1, arguments.length);
    Path report = project.resolve("docs/quality-report.md");
    String before = Files.exists(report) ? Files.readString(report) : "";
    String after = make(before, project, run);
    Files.writeString(report, after);
    System.out.print(after);
  }

  /**
   * @param before the report as it was
   * @param run of this run, for each column that has figures
   */
  static String make(String before, Path project, List<String> run) throws IOException {
    QualityReport report = new QualityReport();
    report.readReport(before);
    for (String column : COLUMNS) {
      List<Path> files = files(project, column);
      for (Path file : files) {
        List<String> lines = Files.readAllLines(file);
        report.replace(lines.get(0), column, lines.subList(1, lines.size()));
      }
      if (!files.isEmpty()) {
        report.replace("The run itself", column, run);
      }
    }
    return report.format();
  }

  /** The figures of all modules, oldest first. */
  private static List<Path> files(Path project, String column) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> modules = Files.newDirectoryStream(project, Files::isDirectory)) {
      for (Path module : modules) {
        Path directory = module.resolve("target/quality/" + column);
        if (Files.isDirectory(directory)) {
          try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.txt")) {
            found.forEach(files::add);
          }
        }
      }
    }
    files.sort(Comparator.comparingLong(file -> file.toFile().lastModified()));
    return files;
  }

  /** What this part showed in this column before is no longer so. */
  private void replace(String part, String column, List<String> lines) {
    Map<String, Map<String, String>> measures =
        parts.computeIfAbsent(part, name -> new LinkedHashMap<>());
    measures.values().forEach(cells -> cells.remove(column));
    for (String line : lines) {
      int equals = line.indexOf('=');
      put(part, line.substring(0, equals).strip(), column, line.substring(equals + 1).strip());
    }
    measures.values().removeIf(Map::isEmpty);
  }

  private void put(String part, String measure, String column, String value) {
    parts
        .computeIfAbsent(part, name -> new LinkedHashMap<>())
        .computeIfAbsent(measure, name -> new TreeMap<>())
        .put(column, value);
  }

  private void readReport(String text) {
    String part = "";
    for (String line : text.lines().toList()) {
      String[] cells = line.split("\\|", -1);
      boolean figures = cells.length == 5 && !line.startsWith("| ---") && !part.isEmpty();
      if (line.startsWith("## ")) {
        part = line.substring(3);
      } else if (figures && !cells[1].equals(" measure ")) {
        for (int i = 0; i < COLUMNS.size(); i++) {
          if (!cells[2 + i].isBlank()) {
            put(part, cells[1].strip(), COLUMNS.get(i), cells[2 + i].strip());
          }
        }
      }
    }
  }

  private String format() {
    StringBuilder text = new StringBuilder(HEAD);
    parts.forEach(
        (part, measures) -> {
          text.append("\n## ").append(part).append("\n\n| measure | verify | soak |\n");
          text.append("| --- | ---: | ---: |\n");
          measures.forEach(
              (measure, cells) -> {
                text.append("| ").append(measure);
                for (String column : COLUMNS) {
                  text.append(" | ").append(cells.getOrDefault(column, ""));
                }
                text.append(" |\n");
              });
        });
    return text.toString();
  }
}

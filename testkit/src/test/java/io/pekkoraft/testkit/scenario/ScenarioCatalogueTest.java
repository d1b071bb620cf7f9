package io.pekkoraft.testkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.quality.QualityFigures;
import io.pekkoraft.testkit.quality.TestSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Every id of the catalogue has a scenario, a test, something that it waits for, or a rule of the
 * design that makes it impossible; and {@code docs/scenarios.md} says so. {@code
 * -Draft.scenarios=write} writes the tables there anew.
 */
class ScenarioCatalogueTest {
  private static final Path CATALOGUE = ScenariosTest.FOLDER.resolve("catalogue.txt");
  private static final Path DOCUMENT = Path.of("../docs/scenarios.md");
  private static final String BEGIN = "<!-- tables: written by ScenarioCatalogueTest -->\n";
  private static final String WAITS = "waits for ";
  private static final String CANNOT = "cannot happen: ";

  /**
   * What the catalogue says of an id.
   *
   * @param reason why nothing shows it: it waits for a feature, or the design has no place for it
   */
  private record Item(String what, List<String> tests, String reason) {}

  private static Map<String, Item> catalogue() throws IOException {
    Map<String, Item> items = new LinkedHashMap<>();
    for (String line : Files.readAllLines(CATALOGUE)) {
      String[] parts = line.split(" \\| ", -1);
      String third = parts.length > 2 ? parts[2] : "";
      boolean reason = third.startsWith(WAITS) || third.startsWith(CANNOT);
      Item item =
          new Item(
              parts[1],
              reason || third.isEmpty() ? List.of() : List.of(third.split(", ")),
              reason ? third : "");
      assertThat(items.put(parts[0], item)).as("two lines for %s", parts[0]).isNull();
    }
    return items;
  }

  private static String nameOf(Path file) {
    return ScenariosTest.FOLDER.relativize(file).toString().replace(".scenario", "");
  }

  /** The files that cover an id, by id. */
  private static Map<String, List<String>> covering() {
    Map<String, List<String>> files = new TreeMap<>();
    for (Path file : ScenarioTests.files(ScenariosTest.FOLDER)) {
      for (String id : Scenario.parse(file).covers()) {
        files.computeIfAbsent(id, key -> new ArrayList<>()).add(nameOf(file));
      }
    }
    return files;
  }

  @Test
  void every_id_has_a_scenario_or_a_test_or_a_reason_why_not() throws IOException {
    Map<String, Item> items = catalogue();
    Map<String, List<String>> files = covering();
    assertThat(items.keySet()).containsAll(files.keySet());
    items.forEach(
        (id, item) -> {
          boolean shown = files.containsKey(id) || !item.tests().isEmpty();
          assertThat(shown)
              .as("%s is shown, waits or cannot happen", id)
              .isEqualTo(item.reason().isEmpty());
        });
    long waiting = count(items, WAITS);
    long impossible = count(items, CANNOT);
    QualityFigures.of("Scenarios")
        .add("scenarios as text", ScenarioTests.files(ScenariosTest.FOLDER).size())
        .add("ids of the catalogue that are shown", items.size() - waiting - impossible)
        .add("ids that wait for a feature", waiting)
        .add("ids of what cannot happen here", impossible)
        .write();
  }

  private static long count(Map<String, Item> items, String reason) {
    return items.values().stream().filter(item -> item.reason().startsWith(reason)).count();
  }

  @Test
  void every_test_that_is_named_is_there() throws IOException {
    Set<String> sources = TestSources.names();
    for (Item item : catalogue().values()) {
      assertThat(sources).containsAll(item.tests());
    }
  }

  @Test
  void the_document_says_the_same() throws IOException {
    String document = Files.readString(DOCUMENT);
    int at = document.indexOf(BEGIN);
    assertThat(at).isPositive();
    String expected = document.substring(0, at) + BEGIN + tables();
    if ("write".equals(System.getProperty(ScenarioRunner.PROPERTY))) {
      Files.writeString(DOCUMENT, expected);
    } else {
      assertThat(document).isEqualTo(expected);
    }
  }

  private static String tables() throws IOException {
    StringBuilder table = new StringBuilder("\n| id | | where |\n| --- | --- | --- |\n");
    Map<String, List<String>> files = covering();
    catalogue()
        .forEach(
            (id, item) -> {
              List<String> where = new ArrayList<>(files.getOrDefault(id, List.of()));
              where.addAll(item.tests());
              if (!item.reason().isEmpty()) {
                where.add(item.reason());
              }
              row(table, id, item.what(), String.join(", ", where));
            });
    table.append("\nOthers, without an id:\n\n| scenario | |\n| --- | --- |\n");
    for (Path file : ScenarioTests.files(ScenariosTest.FOLDER)) {
      Scenario scenario = Scenario.parse(file);
      if (scenario.covers().isEmpty()) {
        row(table, nameOf(file), firstSentence(scenario.text()));
      }
    }
    return table.toString();
  }

  private static void row(StringBuilder table, String... cells) {
    table.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  /** Of the comment that a scenario begins with. */
  private static String firstSentence(String text) {
    StringBuilder comment = new StringBuilder();
    for (String line : text.split("\n", -1)) {
      if (!line.startsWith("#")) {
        break;
      }
      comment.append(line.substring(1));
    }
    String whole = comment.toString().strip();
    int end = whole.indexOf(". ");
    return end < 0 ? whole : whole.substring(0, end + 1);
  }
}

package io.pekkoraft.singleton.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The difference that the documentation shows is the one between the two files. */
class ShownDiffTest {
  private static final Path HERE = Path.of("src/test/java/io/pekkoraft/singleton/example");

  @Test
  void the_documentation_shows_what_is_compiled() throws IOException {
    List<String> before = Files.readAllLines(HERE.resolve("WithClusterSingleton.java"));
    List<String> after = Files.readAllLines(HERE.resolve("WithRaftSingleton.java"));
    List<String> diff = diff();
    assertThat(code(before, after)).isEqualTo(marked(diff, '-'));
    assertThat(code(after, before)).isEqualTo(marked(diff, '+'));
    assertThat(before).containsAll(marked(diff, ' '));
    assertThat(after).containsAll(marked(diff, ' '));
  }

  private static List<String> diff() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("../docs/singleton.md"));
    int begin = lines.indexOf("```diff") + 1;
    assertThat(begin).isPositive();
    List<String> rest = lines.subList(begin, lines.size());
    return rest.subList(0, rest.indexOf("```"));
  }

  /** The lines of one that the other has not, but for the classes' names and comments. */
  private static List<String> code(List<String> one, List<String> other) {
    return one.stream()
        .filter(line -> !other.contains(line))
        .filter(line -> !line.startsWith("/**"))
        .filter(line -> !line.contains("With"))
        .toList();
  }

  private static List<String> marked(List<String> diff, char mark) {
    return diff.stream()
        .filter(line -> !line.isEmpty() && line.charAt(0) == mark)
        .map(line -> line.substring(1))
        .toList();
  }
}

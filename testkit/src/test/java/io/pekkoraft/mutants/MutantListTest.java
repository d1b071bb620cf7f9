package io.pekkoraft.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Of the bugs M01 to M40 each is put back, or {@code docs/mutants.md} says what it waits for. */
class MutantListTest {
  private static final Path MUTANTS = Path.of("src/test/resources/mutants");
  private static final Path DOCUMENT = Path.of("../docs/mutants.md");
  private static final Pattern FILE = Pattern.compile("(?m)(M\\d\\d)-[^/]+\\.mutant$");
  private static final Pattern WAITING = Pattern.compile("(?m)^\\| (M\\d\\d) \\|");

  @Test
  void none_is_forgotten_and_none_that_is_there_is_said_to_wait() throws IOException {
    Set<String> there;
    try (Stream<Path> files = Files.walk(MUTANTS)) {
      there = ids(FILE, files.map(Path::toString).collect(Collectors.joining("\n")));
    }
    Set<String> waiting = ids(WAITING, section());
    assertThat(waiting).isNotEmpty().doesNotContainAnyElementsOf(there);
    Set<String> all = new TreeSet<>(there);
    all.addAll(waiting);
    assertThat(all)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, 40).mapToObj(number -> "M%02d".formatted(number)).toList());
  }

  private static Set<String> ids(Pattern pattern, String text) {
    Set<String> ids = new TreeSet<>();
    Matcher found = pattern.matcher(text);
    while (found.find()) {
      ids.add(found.group(1));
    }
    return ids;
  }

  private static String section() throws IOException {
    String document = Files.readString(DOCUMENT);
    int begin = document.indexOf("## What is not there yet");
    assertThat(begin).isPositive();
    return document.substring(begin, document.indexOf("\n## ", begin));
  }
}

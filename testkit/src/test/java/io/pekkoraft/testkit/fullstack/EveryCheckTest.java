package io.pekkoraft.testkit.fullstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** No check of the whole stack is there that was never seen to fail: by a test, or by a mutant. */
class EveryCheckTest {
  private static final String PACKAGE = "io/pekkoraft/testkit/fullstack";
  private static final Path MUTANTS = Path.of("src/test/resources/mutants/recorded.tsv");

  /** What the random run itself insists on, L1 to L5 and L7, is not among these. */
  private static final List<String> CHECKS =
      List.of(
          "CheckedStateMachine",
          "ClientHistory",
          "DiskChecks",
          "DurableLog",
          "ForeignMail",
          "FullStackMember",
          "LogMatching",
          "MessageChecks",
          "ProtocolChecks",
          "StatusChecks");

  private static final List<String> TESTS =
      List.of("DiskChecksTest", "SpokenChecksTest", "StatusChecksTest");

  private static final Pattern NAME =
      Pattern.compile(
          "\"((?:I\\d+|L\\d) [^\"]+|a snapshot's file is there|what arrives is[^\"]+"
              + "|bytes that nobody[^\"]+)\"");

  private static final Pattern CAUGHT = Pattern.compile("(?m)^F\\d+\t\\d+\t(.+)$");

  private static Set<String> found(Pattern pattern, String text) {
    Set<String> names = new TreeSet<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  private static Set<String> named(String sources, List<String> classes) throws IOException {
    Set<String> names = new TreeSet<>();
    for (String name : classes) {
      Path file = Path.of(sources, PACKAGE, name + ".java");
      names.addAll(found(NAME, Files.readString(file)));
    }
    return names;
  }

  @Test
  void each_check_has_been_seen_to_fail() throws IOException {
    Set<String> seen = named("src/test/java", TESTS);
    seen.addAll(found(CAUGHT, Files.readString(MUTANTS)));
    Set<String> stated = named("src/main/java", CHECKS);
    assertThat(stated).hasSizeGreaterThan(30);
    stated.removeAll(seen);
    assertThat(stated).as("seen to fail by no test and no mutant").isEmpty();
  }
}

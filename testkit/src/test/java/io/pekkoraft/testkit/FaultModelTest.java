package io.pekkoraft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.quality.TestSources;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the fault model says of other tests is so. */
class FaultModelTest {
  private static final Pattern TEST = Pattern.compile("[A-Z]\\w+(?:Test|IT)\\b");

  @Test
  void every_test_that_is_named_is_there() throws IOException {
    Set<String> named = new TreeSet<>();
    for (FaultModel.Row row : FaultModel.ROWS) {
      Matcher tests = TEST.matcher(row.elsewhere());
      while (tests.find()) {
        named.add(tests.group());
      }
    }
    assertThat(named).isNotEmpty();
    assertThat(TestSources.names()).containsAll(named);
  }

  @Test
  void a_row_is_counted_or_says_where_it_is_looked_after() {
    assertThat(FaultModel.ROWS)
        .allMatch(row -> row.counters().isEmpty() != row.elsewhere().isEmpty());
  }
}

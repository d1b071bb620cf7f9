package io.pekkoraft.testkit.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * docs/testkit.md and the README show what is compiled and run. {@code -Draft.docs=write} puts the
 * examples into the pages.
 */
class DocumentedExamplesTest {
  private static final Pattern SHOWN =
      Pattern.compile("<!-- (\\S+)#(\\S+) -->\n```java\n(.*?)```\n", Pattern.DOTALL);

  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("docs")) ? here : Objects.requireNonNull(here.getParent());
  }

  @Test
  void the_page_shows_the_very_text_of_the_examples() throws IOException {
    assertThat(shownBy("docs/testkit.md"))
        .contains("bank", "partition", "visits", "found", "teller", "actor", "singleton");
    assertThat(shownBy("README.md")).contains("partition");
  }

  /** The examples of a page, which has been compared with their sources. */
  private static List<String> shownBy(String name) throws IOException {
    Path file = root().resolve(name);
    String page = Files.readString(file);
    List<String> shown = new ArrayList<>();
    Matcher examples = SHOWN.matcher(page);
    String asItShouldBe =
        examples.replaceAll(
            example -> {
              shown.add(example.group(2));
              return Matcher.quoteReplacement(
                  "<!-- %s#%s -->\n```java\n%s```\n"
                      .formatted(
                          example.group(1),
                          example.group(2),
                          snippet(root().resolve(example.group(1)), example.group(2))));
            });
    if ("write".equals(System.getProperty("raft.docs"))) {
      Files.writeString(file, asItShouldBe);
    } else {
      assertThat(page).isEqualTo(asItShouldBe);
    }
    return shown;
  }

  /** What stands between the marks, without the indentation that is common to all of it. */
  private static String snippet(Path source, String name) {
    try {
      String text = Files.readString(source);
      Matcher marked =
          Pattern.compile("// docs: begin " + name + "\n(.*?)\\s*// docs: end\n", Pattern.DOTALL)
              .matcher(text);
      assertThat(marked.find()).as(source + " has an example " + name).isTrue();
      return (marked.group(1) + "\n").stripIndent();
    } catch (IOException e) {
      throw new AssertionError("no example", e);
    }
  }
}

package io.pekkoraft.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** What was found last: a file with the seeds, and the same as a table for people. */
final class Records {
  private static final Path SEEDS = Path.of("src/test/resources/mutants/recorded.tsv");
  private static final Path DOCUMENT = Path.of("docs/mutants.md");
  private static final String BEGIN = "<!-- the table: written by the command above -->";
  private static final String END = "<!-- end of the table -->";

  private Records() {}

  /** What is recorded of each mutant, by its id: tried were all seeds from 1 on. */
  static Map<String, Hunt.Catch> read() throws IOException {
    Map<String, Hunt.Catch> seeds = new LinkedHashMap<>();
    if (Files.exists(SEEDS)) {
      for (String line : Files.readAllLines(SEEDS)) {
        String[] fields = line.split("\t", -1);
        long seed = Long.parseLong(fields[1]);
        seeds.put(fields[0], new Hunt.Catch(seed, Math.toIntExact(seed), fields[2]));
      }
    }
    return seeds;
  }

  /**
   * Records what was found; of others what was recorded before stays.
   *
   * @param all mutants that there are, in order
   */
  static void write(Map<Mutant, Hunt.Catch> found, List<Mutant> all) throws IOException {
    Map<String, Hunt.Catch> before = read();
    Map<Mutant, Hunt.Catch> caught = new LinkedHashMap<>();
    for (Mutant mutant : all) {
      Hunt.Catch now = found.getOrDefault(mutant, before.get(mutant.id()));
      if (now != null) {
        caught.put(mutant, now);
      }
    }
    StringBuilder seeds = new StringBuilder();
    caught.forEach(
        (mutant, c) -> seeds.append(mutant.id() + "\t" + c.seed() + "\t" + c.by()).append('\n'));
    Files.writeString(SEEDS, seeds);
    Path document = Hunt.root().resolve(DOCUMENT);
    String text = Files.readString(document);
    int begin = text.indexOf(BEGIN) + BEGIN.length();
    int end = text.indexOf(END);
    Files.writeString(
        document, text.substring(0, begin) + "\n\n" + table(caught) + "\n" + text.substring(end));
  }

  private static String table(Map<Mutant, Hunt.Catch> caught) {
    StringBuilder table = new StringBuilder();
    table.append("| mutant | what is wrong | seeds | caught by |\n| --- | --- | ---: | --- |\n");
    caught.forEach(
        (mutant, c) ->
            table.append(
                "| %s | %s | %d | %s |%n"
                    .formatted(mutant.id(), mutant.title(), c.tried(), c.by())));
    return table
        .append(
            "%n%d mutants, each found within %d seeds, the median within %d.%n"
                .formatted(caught.size(), tried(caught).max().orElse(0), median(caught)))
        .toString();
  }

  /** For the console. */
  static String plain(Map<Mutant, Hunt.Catch> caught) {
    StringBuilder table = new StringBuilder();
    caught.forEach(
        (mutant, c) ->
            table.append(
                "%5d  %-4s %-70s %s%n".formatted(c.tried(), mutant.id(), mutant.title(), c.by())));
    return table
        .append(
            "%d mutants, seeds to catch: median %d, most %d%n"
                .formatted(caught.size(), median(caught), tried(caught).max().orElse(0)))
        .toString();
  }

  private static LongStream tried(Map<Mutant, Hunt.Catch> caught) {
    return caught.values().stream().mapToLong(Hunt.Catch::tried);
  }

  static long median(Map<Mutant, Hunt.Catch> caught) {
    List<Long> sorted = tried(caught).sorted().boxed().toList();
    return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
  }
}

package io.pekkoraft.failover;

import java.util.List;
import java.util.Optional;

/**
 * One line that a child process tells its starter on standard output, among those it writes for
 * people. Times in it are {@link System#nanoTime}, which all processes of a Linux machine share
 * (CLOCK_MONOTONIC), across network namespaces and while some of them are stopped.
 *
 * @param kind what it is about
 * @param fields without spaces
 */
public record Report(String kind, List<String> fields) {
  private static final String MARK = "@";

  /** Says it to the process that started this one. Safe to use from any thread. */
  public static void say(String kind, Object... fields) {
    StringBuilder line = new StringBuilder(MARK).append(' ').append(kind);
    for (Object field : fields) {
      line.append(' ').append(field);
    }
    // One call: lines of several threads do not mix.
    System.out.println(line);
  }

  /** Empty if the line is for people. */
  static Optional<Report> parse(String line) {
    List<String> words = List.of(line.split(" ", -1));
    return words.size() < 2 || !words.get(0).equals(MARK)
        ? Optional.empty()
        : Optional.of(new Report(words.get(1), words.subList(2, words.size())));
  }

  public String text(int field) {
    return fields.get(field);
  }

  public long number(int field) {
    return Long.parseLong(fields.get(field));
  }
}

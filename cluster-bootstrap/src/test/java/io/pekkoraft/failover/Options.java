package io.pekkoraft.failover;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Arguments of a program of the form {@code --name value}. */
public final class Options {
  private final String usage;
  private final Map<String, String> given = new LinkedHashMap<>();

  private Options(String usage) {
    this.usage = usage;
  }

  /**
   * @param usage shown if something is wrong
   * @param known all names that may be given, without the dashes
   * @throws IllegalArgumentException for people, if something else is given
   */
  public static Options parse(String[] arguments, String usage, List<String> known) {
    Options options = new Options(usage);
    List<String> rest = new ArrayList<>(List.of(arguments));
    while (!rest.isEmpty()) {
      String name = rest.remove(0);
      if (!name.startsWith("--") || !known.contains(name.substring(2)) || rest.isEmpty()) {
        throw new IllegalArgumentException(
            (known.contains(name.replaceFirst("^--", "")) ? "without a value: " : "unknown: ")
                + name
                + "\n"
                + usage);
      }
      options.given.put(name.substring(2), rest.remove(0));
    }
    return options;
  }

  public String text(String name, String otherwise) {
    return given.getOrDefault(name, otherwise);
  }

  public long number(String name, long otherwise, long min, long max) {
    String text = given.get(name);
    if (text == null) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException notOne) {
      // Reported below.
    }
    throw new IllegalArgumentException(
        "--%s must be a number from %d to %d, is %s%n%s".formatted(name, min, max, text, usage));
  }

  public int count(String name, int otherwise) {
    return (int) number(name, otherwise, 0, 100_000);
  }
}

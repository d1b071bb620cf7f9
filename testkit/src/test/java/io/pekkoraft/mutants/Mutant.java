package io.pekkoraft.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One bug, as the lines of production source that it changes. Read from a file whose first line
 * says what is wrong; then come {@code key: value} lines, and behind each {@code file:} the changed
 * places, parted by empty lines, as in a diff: removed lines after a minus, added ones after a
 * plus, and lines after a blank that only say where.
 *
 * @param id the first word of the file's name
 * @param title what is wrong, in a sentence
 * @param origin where such a bug is described or was seen
 * @param breaks the invariants that it violates, in prose
 * @param trial which runs must notice it
 * @param tests those that must notice it, if they are named: {@code package.Class#method}, below
 *     the package of the persistence module, or {@code folder/name.scenario}
 * @param edits by production file, below the root of the sources
 */
record Mutant(
    String id,
    String title,
    String origin,
    String breaks,
    Trial trial,
    List<String> tests,
    Map<String, List<Edit>> edits) {

  /**
   * One changed place.
   *
   * @param before the lines as they are in the source
   * @param after what stands there instead
   */
  record Edit(List<String> before, List<String> after) {}

  /** Nothing is changed: what notices this is no good. */
  static Mutant none(Trial trial) {
    return new Mutant("none", "The code as it is", "", "", trial, List.of(), Map.of());
  }

  /** The same mutant, put to another trial. */
  Mutant on(Trial other) {
    return new Mutant(id, title, origin, breaks, other, tests, edits);
  }

  /** All mutants of a directory, in the order of their names. */
  static List<Mutant> readAll(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Mutant> mutants = new ArrayList<>();
      for (Path file : files.filter(f -> f.toString().endsWith(".mutant")).sorted().toList()) {
        mutants.add(read(String.valueOf(file.getFileName()), Files.readAllLines(file)));
      }
      return mutants;
    }
  }

  static Mutant read(String fileName, List<String> lines) {
    Map<String, String> keys = new LinkedHashMap<>();
    Map<String, List<Edit>> edits = new LinkedHashMap<>();
    List<Edit> ofFile = new ArrayList<>();
    List<String> before = new ArrayList<>();
    List<String> after = new ArrayList<>();
    List<String> all = new ArrayList<>(lines.subList(1, lines.size()));
    all.add("");
    for (String line : all) {
      if (line.isBlank()) {
        if (!before.isEmpty()) {
          ofFile.add(new Edit(List.copyOf(before), List.copyOf(after)));
          before.clear();
          after.clear();
        }
      } else if (line.startsWith("file: ")) {
        ofFile = edits.computeIfAbsent(line.substring(6).strip(), file -> new ArrayList<>());
      } else if (line.startsWith("-") || line.startsWith("+") || line.startsWith(" ")) {
        String code = line.substring(1).strip();
        if (!line.startsWith("+")) {
          before.add(code);
        }
        if (!line.startsWith("-")) {
          after.add(code);
        }
      } else {
        int colon = line.indexOf(": ");
        keys.put(line.substring(0, colon), line.substring(colon + 2).strip());
      }
    }
    String id = fileName.substring(0, fileName.indexOf('-'));
    return new Mutant(
        id,
        lines.get(0).strip(),
        need(id, keys, "origin"),
        need(id, keys, "breaks"),
        Trial.named(need(id, keys, "trial")),
        Arrays.stream(keys.getOrDefault("tests", "").split(",", -1))
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .toList(),
        edits);
  }

  private static String need(String id, Map<String, String> keys, String key) {
    String value = keys.get(key);
    if (value == null) {
      throw new IllegalArgumentException(id + " has no line " + key + ":");
    }
    return value;
  }

  /**
   * The changed sources, by file.
   *
   * @param root where the modules are
   * @throws AssertionError if a place is not there exactly once: the source has changed, and the
   *     mutant has to follow it
   */
  Map<String, String> sources(Path root) throws IOException {
    Map<String, String> sources = new LinkedHashMap<>();
    for (Map.Entry<String, List<Edit>> entry : edits.entrySet()) {
      List<String> lines = Files.readAllLines(root.resolve(entry.getKey()));
      for (Edit edit : entry.getValue()) {
        lines = applied(edit, lines, entry.getKey());
      }
      sources.put(entry.getKey(), String.join("\n", lines) + "\n");
    }
    return sources;
  }

  private List<String> applied(Edit edit, List<String> lines, String file) {
    List<Integer> places = new ArrayList<>();
    for (int at = 0; at + edit.before().size() <= lines.size(); at++) {
      List<String> there = lines.subList(at, at + edit.before().size());
      if (there.stream().map(String::strip).toList().equals(edit.before())) {
        places.add(at);
      }
    }
    if (places.size() != 1) {
      throw new AssertionError(
          "%s: %s has %d places with these lines, not one. Has it been changed? Then change the mutant too.%n%s"
              .formatted(id, file, places.size(), String.join("\n", edit.before())));
    }
    int place = places.get(0);
    List<String> changed = new ArrayList<>(lines.subList(0, place));
    changed.addAll(edit.after());
    changed.addAll(lines.subList(place + edit.before().size(), lines.size()));
    return changed;
  }

  @Override
  public String toString() {
    return id + " " + title;
  }
}

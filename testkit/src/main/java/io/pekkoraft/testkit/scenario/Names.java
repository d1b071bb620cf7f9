package io.pekkoraft.testkit.scenario;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What the words of a scenario stand for, as far as it has been read. */
final class Names {

  /** What a name stands for. */
  enum Kind {
    MEMBER("member"),
    NUMBER("number"),
    REQUEST("request"),
    TRANSFER("transfer");

    final String word;

    Kind(String word) {
      this.word = word;
    }
  }

  private final Map<String, Kind> kinds = new HashMap<>();

  /** Members a, b, c…, instead of those before. */
  void members(long size) {
    kinds.values().removeIf(kind -> kind == Kind.MEMBER);
    memberNames(size).forEach(name -> kinds.put(name, Kind.MEMBER));
  }

  static List<String> memberNames(long size) {
    return IntStream.range(0, (int) size).mapToObj(i -> String.valueOf((char) ('a' + i))).toList();
  }

  @Nullable Kind kindOf(String name) {
    return kinds.get(name);
  }

  boolean is(String name, Kind kind) {
    return kinds.get(name) == kind;
  }

  /** A new name; one of the same kind may be given again. */
  String declare(Words words, Kind kind) {
    String taken = words.peek();
    boolean member =
        taken.length() == 1 && Character.isLowerCase(taken.charAt(0)) && is(taken, Kind.MEMBER);
    Kind before = kinds.get(taken);
    if (member || (before != null && before != kind)) {
      throw words.error("a name that is not taken");
    }
    String name = words.word("a name for the " + kind.word);
    kinds.put(name, kind);
    return name;
  }

  /** A name that stands for this. */
  String use(Words words, Kind kind) {
    if (!is(words.peek(), kind)) {
      throw words.error("the name of a " + kind.word);
    }
    return words.word(kind.word);
  }
}

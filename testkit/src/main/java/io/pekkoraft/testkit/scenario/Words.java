package io.pekkoraft.testkit.scenario;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of one line, read from left to right. */
final class Words {
  private static final Pattern WORD =
      Pattern.compile(
          "->|<=|>=|!=|[|(),=<>+%-]|\\d+(?:ms|s)?(?![A-Za-z0-9])|[A-Za-z][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*");
  private static final Pattern DURATION = Pattern.compile("(\\d+)(ms|s)");

  private final String file;
  private final int line;
  private final List<String> words = new ArrayList<>();
  private int next;

  /**
   * @param text without its comment
   */
  Words(String file, int line, String text) {
    this.file = file;
    this.line = line;
    Matcher matcher = WORD.matcher(text);
    int at = 0;
    while (at < text.length()) {
      if (Character.isWhitespace(text.charAt(at))) {
        at++;
      } else if (matcher.find(at) && matcher.start() == at) {
        words.add(matcher.group());
        at = matcher.end();
      } else {
        throw new ScenarioSyntaxException(
            file, line, "a word, a number or a duration such as 300ms", text.substring(at));
      }
    }
  }

  private Words(Words other) {
    this.file = other.file;
    this.line = other.line;
    this.words.addAll(other.words);
    this.next = other.next;
  }

  /** To look ahead. */
  Words copy() {
    return new Words(this);
  }

  boolean isAtEnd() {
    return next == words.size();
  }

  boolean nextIs(String word) {
    return !isAtEnd() && words.get(next).equals(word);
  }

  boolean nextIsWord() {
    return !isAtEnd() && Character.isLetter(words.get(next).charAt(0));
  }

  boolean nextIsDuration() {
    return !isAtEnd() && DURATION.matcher(words.get(next)).matches();
  }

  boolean nextIsNumber() {
    return !isAtEnd()
        && Character.isDigit(words.get(next).charAt(0))
        && !DURATION.matcher(words.get(next)).matches();
  }

  String peek() {
    return isAtEnd() ? "" : words.get(next);
  }

  /** The word after the next one; empty if there is none. */
  String peekSecond() {
    return next + 1 < words.size() ? words.get(next + 1) : "";
  }

  /** Takes the next word if it is this one. */
  boolean skip(String word) {
    boolean is = nextIs(word);
    if (is) {
      next++;
    }
    return is;
  }

  /** Takes these words if they come next, all of them. */
  boolean skipAll(String... expected) {
    for (int i = 0; i < expected.length; i++) {
      if (next + i >= words.size() || !words.get(next + i).equals(expected[i])) {
        return false;
      }
    }
    next += expected.length;
    return true;
  }

  void expect(String... expected) {
    for (String word : expected) {
      if (!skip(word)) {
        throw error("'" + word + "'");
      }
    }
  }

  void expectEnd() {
    if (!isAtEnd()) {
      throw error("the end of the line");
    }
  }

  String word(String what) {
    if (!nextIsWord()) {
      throw error(what);
    }
    return words.get(next++);
  }

  long number(String what) {
    if (!nextIsNumber()) {
      throw error(what);
    }
    return Long.parseLong(words.get(next++));
  }

  Duration duration() {
    Matcher matcher = DURATION.matcher(peek());
    if (!matcher.matches()) {
      throw error("a duration such as 300ms or 10s");
    }
    next++;
    long amount = Long.parseLong(matcher.group(1));
    return matcher.group(2).equals("s") ? Duration.ofSeconds(amount) : Duration.ofMillis(amount);
  }

  ScenarioSyntaxException error(String expected) {
    String found = isAtEnd() ? "the end of the line" : "'" + words.get(next) + "'";
    return new ScenarioSyntaxException(file, line, expected, found);
  }
}

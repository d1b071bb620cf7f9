package io.pekkoraft.testkit.scenario;

import io.pekkoraft.testkit.Simulation;
import io.pekkoraft.testkit.Stage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A scenario as text: what is so at first, then one step a line, and below each step, in lines that
 * begin with {@code >}, what happened. The language is described in {@code docs/scenarios.md}.
 */
public final class Scenario {
  private static final String TRACE = ">";
  private static final int MAX_DEPTH = 3;

  /** A line that is no trace; with a step unless it is a comment, or of the setup. */
  private record Line(int number, String text, @Nullable Step step) {}

  private final String file;
  private final String text;
  private final Names names = new Names();
  private final Members members = new Members(names);
  private final Setup setup = new Setup(names, members);
  private final Verbs verbs = new Verbs(names, members);
  private final List<Line> lines = new ArrayList<>();

  private Scenario(String file, String text) {
    this.file = file;
    this.text = text;
    read();
  }

  /**
   * @param file for messages
   * @throws ScenarioSyntaxException if it cannot be read
   */
  public static Scenario parse(String file, String text) {
    return new Scenario(file, text);
  }

  /**
   * @throws ScenarioSyntaxException if it cannot be read
   * @throws UncheckedIOException if there is no such file
   */
  public static Scenario parse(Path file) {
    try {
      return parse(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String file() {
    return file;
  }

  /** All of it, with the trace that it was read with. */
  public String text() {
    return text;
  }

  /** Ids of what it shows, such as E02. */
  public List<String> covers() {
    return List.copyOf(setup.covers());
  }

  Setup setup() {
    return setup;
  }

  // --- reading

  private void read() {
    Deque<List<Step>> blocks = new ArrayDeque<>();
    Deque<Long> times = new ArrayDeque<>();
    boolean begun = false;
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      if (line.startsWith(TRACE)) {
        continue;
      }
      Words words = new Words(file, number, withoutComment(line));
      if (words.isAtEnd()) {
        lines.add(new Line(number, line, null));
      } else if (words.skip("repeat")) {
        begun = true;
        if (blocks.size() == MAX_DEPTH) {
          throw words.error("at most " + MAX_DEPTH + " repeats in one another");
        }
        times.push(words.number("how many times"));
        words.expectEnd();
        blocks.push(new ArrayList<>());
        lines.add(new Line(number, line, null));
      } else if (words.skip("end")) {
        if (blocks.isEmpty()) {
          throw words.error("a 'repeat' before 'end'");
        }
        words.expectEnd();
        add(blocks, number, line, repeat(times.pop(), blocks.pop()));
      } else {
        Step step = readStep(words, begun);
        begun |= step != null;
        add(blocks, number, line, step);
      }
    }
    if (!blocks.isEmpty()) {
      throw new ScenarioSyntaxException(file, number, "'end'", "the end of the file");
    }
  }

  private static String withoutComment(String line) {
    int at = line.indexOf('#');
    return at < 0 ? line : line.substring(0, at);
  }

  /** Null for a line of the setup. */
  private @Nullable Step readStep(Words words, boolean begun) {
    Words again = words.copy();
    Step step = verbs.read(words);
    if (step == null) {
      String verb = again.peek();
      if (!setup.read(again)) {
        throw words.error("a step, or a line of the setup");
      }
      if (begun) {
        throw words.error("'" + verb + "' before the first step");
      }
      again.expectEnd();
      return null;
    }
    words.expectEnd();
    return step;
  }

  private void add(Deque<List<Step>> blocks, int number, String line, @Nullable Step step) {
    List<Step> block = blocks.peek();
    if (block != null && step != null) {
      block.add(located(number, line, step));
      lines.add(new Line(number, line, null));
    } else {
      lines.add(new Line(number, line, step == null ? null : located(number, line, step)));
    }
  }

  private static Step repeat(long times, List<Step> block) {
    return run -> {
      for (long i = 0; i < times; i++) {
        block.forEach(step -> step.run(run));
      }
    };
  }

  /** Whatever goes wrong says where. */
  private Step located(int number, String line, Step step) {
    return run -> {
      try {
        step.run(run);
      } catch (ScenarioFailure e) {
        throw e;
      } catch (AssertionError | IllegalStateException | IllegalArgumentException e) {
        throw new ScenarioFailure(
            file + ":" + number + ": " + line.strip() + "\n  " + e.getMessage(), e);
      }
    };
  }

  // --- playing

  /**
   * Plays it once.
   *
   * @param seed what chance decides is drawn from this; 0: nothing is left to chance
   * @param made told of the simulation before anything happens in it
   * @return its text with the trace of this run, and why it ended early, if so
   */
  ScenarioResult play(long seed, Consumer<Simulation> made) {
    Stage stage = setup.open(seed, file + (seed == 0 ? "" : ", seed " + seed), made);
    Run run = new Run(stage, seed == 0);
    StringBuilder out = new StringBuilder(text.length() * 2);
    ScenarioFailure failure = null;
    for (Line line : lines) {
      out.append(line.text()).append('\n');
      Step step = line.step();
      if (step == null || failure != null) {
        continue;
      }
      try {
        step.run(run);
      } catch (ScenarioFailure e) {
        failure = new ScenarioFailure(e.getMessage() + "\n" + stage.report("trace", file), e);
      }
      run.takeTold().forEach(told -> out.append(TRACE).append(' ').append(told).append('\n'));
    }
    out.setLength(out.length() - 1); // the last line ends as it did
    return new ScenarioResult(out.toString(), failure);
  }
}

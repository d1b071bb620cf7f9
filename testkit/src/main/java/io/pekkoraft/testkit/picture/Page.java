package io.pekkoraft.testkit.picture;

import io.pekkoraft.testkit.picture.Recording.Kind;
import io.pekkoraft.testkit.picture.Recording.Message;
import io.pekkoraft.testkit.picture.Recording.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A recording as one HTML file that needs nothing else: no network, no server. The same recording
 * gives the same bytes. The layout of the data is read again in {@code model.js}.
 *
 * @param title what was run
 * @param invariant what was violated, or empty
 * @param what how it was violated, or empty
 * @param replay the command that runs it again, or empty
 */
public record Page(String title, String invariant, String what, String replay) {
  private static final String[] SCRIPTS = {
    "model.js",
    "scale.js",
    "theme.js",
    "draw.js",
    "arrows.js",
    "overview.js",
    "panel.js",
    "controls.js",
    "legend.js",
    "main.js"
  };

  /**
   * Writes the file, and the directories above it if they are missing.
   *
   * @throws UncheckedIOException if that fails
   */
  public void write(Recording recording, Path file) {
    try {
      Path directory = file.toAbsolutePath().getParent();
      if (directory != null) {
        Files.createDirectories(directory);
      }
      Files.writeString(file, html(recording));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file's text. */
  public String html(Recording recording) {
    StringBuilder scripts = new StringBuilder();
    for (String script : SCRIPTS) {
      scripts.append(resource(script)).append('\n');
    }
    return resource("picture.html")
        .replace("/* picture.css */", resource("picture.css"))
        .replace("/* scripts */", scripts)
        .replace("/* data */", json(recording));
  }

  private static String resource(String name) {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Texts that come again and again are written once and named by their number. */
  private static final class Texts {
    private final Map<String, Integer> numbers = new LinkedHashMap<>();

    private int number(String text) {
      return numbers.computeIfAbsent(text, unseen -> numbers.size());
    }
  }

  String json(Recording recording) {
    Texts texts = new Texts();
    Json json = new Json().open('{');
    json.key("title").add(title).key("invariant").add(invariant);
    json.key("what").add(what).key("replay").add(replay).line();
    json.key("endNanos").add(recording.endNanos());
    json.key("firstNanos").add(recording.firstNanos());
    json.key("forgotten").add(recording.count() - recording.steps().size()).line();
    json.key("lanes").addAll(recording.lanes());
    json.key("fields").addAll(recording.fields()).line();
    json.key("kinds").open('[');
    recording.kinds().forEach(kind -> kind(json, kind));
    json.close(']').line().key("first").open('[');
    for (@Nullable Object[] lane : recording.first()) {
      values(json, lane);
    }
    json.close(']').line();
    messagesAndSteps(json, recording, texts);
    json.key("operations").open('[');
    long firstStep = recording.count() - recording.steps().size();
    recording.operations().forEach(operation -> operation(json, operation, firstStep));
    json.close(']').line().key("bands").open('[');
    recording.bands().forEach(band -> band(json, band));
    json.close(']').line().key("texts").open('[');
    texts.numbers.keySet().forEach(json::add);
    return json.close(']').close('}').toString();
  }

  private static void kind(Json json, Kind kind) {
    json.line().open('[').add(kind.name()).add(kind.label()).add(kind.family());
    json.add(kind.answer() ? 1 : 0).addAll(kind.fields()).close(']');
  }

  private static void values(Json json, @Nullable Object[] values) {
    json.open('[');
    for (Object value : values) {
      json.add(value);
    }
    json.close(']');
  }

  private static void messagesAndSteps(Json json, Recording recording, Texts texts) {
    IdentityHashMap<Message, Integer> numbers = new IdentityHashMap<>();
    long firstStep = recording.count() - recording.steps().size();
    json.key("messages").open('[');
    for (Message message : recording.messages()) {
      numbers.put(message, numbers.size());
      json.line().open('[').add(message.kind).add(message.from).add(message.to);
      json.add(message.sentNanos).add(place(message.sentStep, firstStep));
      json.add(place(message.fate)).add(message.endNanos);
      json.add(place(message.endStep, firstStep)).add(flags(message));
      values(json, message.values);
      json.close(']');
    }
    json.close(']').line().key("steps").open('[');
    for (Step step : recording.steps()) {
      json.line().open('[').add(step.timeNanos).add(step.lane).add(place(step.sort));
      json.add(texts.number(step.what));
      json.add(step.message == null ? -1 : numbers.getOrDefault(step.message, -1));
      json.open('[');
      for (Step.Change change : step.changes) {
        json.add(change.lane()).add(change.field()).add(change.value());
      }
      json.close(']').open('[');
      step.notes.forEach(note -> json.add(texts.number(note)));
      json.close(']').close(']');
    }
    json.close(']').line();
  }

  private static int flags(Message message) {
    return (message.copy ? 1 : 0)
        | (message.held ? 2 : 0)
        | (message.waited ? 4 : 0)
        | (message.unsent ? 8 : 0);
  }

  @SuppressWarnings("EnumOrdinal") // the page's script has the same names in the same order
  private static int place(Enum<?> value) {
    return value.ordinal();
  }

  /** Where a step stands among those that are kept; -1 if it does not. */
  private static long place(long step, long firstStep) {
    return step < firstStep ? -1 : step - firstStep;
  }

  private static void operation(Json json, Operation operation, long firstStep) {
    json.line().open('[').add(operation.lane).add(operation.what);
    json.add(operation.startNanos).add(place(operation.startStep, firstStep));
    json.add(place(operation.answer)).add(operation.outcome);
    json.add(operation.endNanos).add(place(operation.endStep, firstStep)).close(']');
  }

  private static void band(Json json, Band band) {
    json.line().open('[').add(band.what).add(band.startNanos).add(band.endNanos).close(']');
  }
}

package io.pekkoraft.testkit.picture;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compact JSON that may stand inside a {@code script} element: whatever a browser could take for a
 * tag, an entity or a line end is escaped.
 */
final class Json {
  private final StringBuilder out = new StringBuilder(1 << 16);
  private boolean first = true;
  private boolean newLine;

  Json open(char bracket) {
    comma();
    out.append(bracket);
    first = true;
    return this;
  }

  Json close(char bracket) {
    out.append(bracket);
    first = false;
    return this;
  }

  /** What comes next is on a line of its own: a person may look at the source. */
  Json line() {
    newLine = true;
    return this;
  }

  Json key(String name) {
    comma();
    string(name);
    out.append(':');
    first = true;
    return this;
  }

  Json add(long number) {
    comma();
    out.append(number);
    return this;
  }

  /**
   * @param value a {@link Long}, a string or null
   */
  Json add(@Nullable Object value) {
    if (value instanceof Long number) {
      return add(number.longValue());
    }
    comma();
    if (value == null) {
      out.append("null");
    } else {
      string(value.toString());
    }
    return this;
  }

  Json addAll(List<String> strings) {
    open('[');
    strings.forEach(this::add);
    return close(']');
  }

  private void comma() {
    if (!first) {
      out.append(',');
    }
    first = false;
    if (newLine) {
      out.append('\n');
      newLine = false;
    }
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain =
          c >= ' ' && c < 127 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
      if (plain || (c > 160 && Character.isLetterOrDigit(c))) {
        out.append(c);
      } else {
        out.append("\\u").append(Character.forDigit(c >> 12, 16));
        out.append(Character.forDigit(c >> 8 & 15, 16));
        out.append(Character.forDigit(c >> 4 & 15, 16));
        out.append(Character.forDigit(c & 15, 16));
      }
    }
    out.append('"');
  }

  @Override
  public String toString() {
    return out.toString();
  }
}

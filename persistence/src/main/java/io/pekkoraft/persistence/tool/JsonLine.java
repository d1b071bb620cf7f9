package io.pekkoraft.persistence.tool;

import java.util.List;
import java.util.Locale;

/** One JSON object on one line, its fields in the order in which they are added. */
final class JsonLine {
  private final StringBuilder text = new StringBuilder("{");

  JsonLine with(String name, String value) {
    name(name);
    quote(value);
    return this;
  }

  JsonLine with(String name, long value) {
    name(name);
    text.append(value);
    return this;
  }

  JsonLine with(String name, boolean value) {
    name(name);
    text.append(value);
    return this;
  }

  JsonLine with(String name, List<String> values) {
    name(name);
    text.append('[');
    for (int i = 0; i < values.size(); i++) {
      text.append(i == 0 ? "" : ",");
      quote(values.get(i));
    }
    text.append(']');
    return this;
  }

  private void name(String name) {
    if (text.length() > 1) {
      text.append(',');
    }
    quote(name);
    text.append(':');
  }

  private void quote(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < ' ' || (c >= 0x7F && c < 0xA0) || Character.isSurrogate(c)) {
        text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }

  @Override
  public String toString() {
    return text + "}";
  }
}

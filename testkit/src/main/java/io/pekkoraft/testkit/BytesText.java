package io.pekkoraft.testkit;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Bytes as a person can read them: as text if they are such, else in hexadecimal. */
final class BytesText {
  private static final int LONGEST = 400;
  private static final int BEFORE = 40;

  private BytesText() {}

  static String of(byte[] bytes) {
    return of(bytes, 0);
  }

  /**
   * Two values that differ, each in a line of its own behind its label, and from where on they do.
   * What is long is shown from shortly before that place.
   */
  static String difference(String oneLabel, byte[] one, String otherLabel, byte[] other) {
    int at = Math.max(0, Arrays.mismatch(one, other));
    int from = Math.max(one.length, other.length) <= LONGEST ? 0 : Math.max(0, at - BEFORE);
    return "\n    %s%s\n    %s%s\n    they differ from byte %d on"
        .formatted(oneLabel, of(one, from), otherLabel, of(other, from), at);
  }

  private static String of(byte[] bytes, int from) {
    int start = Math.min(from, bytes.length);
    byte[] part = Arrays.copyOfRange(bytes, start, bytes.length);
    String text = asText(part);
    String all = text.isEmpty() ? HexFormat.of().formatHex(part) : '"' + text + '"';
    String shown = all.length() <= LONGEST ? all : all.substring(0, LONGEST) + "...";
    return (start > 0 ? "..." : "") + shown + " (" + bytes.length + " B)";
  }

  /** With line ends and tabs as in Java; empty if the bytes are no text. */
  private static String asText(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      boolean isWords = text.chars().anyMatch(Character::isLetterOrDigit);
      String escaped = text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
      return isWords && escaped.chars().noneMatch(Character::isISOControl) ? escaped : "";
    } catch (CharacterCodingException e) {
      return "";
    }
  }
}

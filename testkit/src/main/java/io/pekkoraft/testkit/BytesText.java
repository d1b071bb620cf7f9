package io.pekkoraft.testkit;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Bytes as a person can read them: as text if they are such, else in hexadecimal. */
final class BytesText {
  private static final int LONGEST = 400;

  private BytesText() {}

  static String of(byte[] bytes) {
    String text = asText(bytes);
    String all = text.isEmpty() ? HexFormat.of().formatHex(bytes) : '"' + text + '"';
    String shown = all.length() <= LONGEST ? all : all.substring(0, LONGEST) + "...";
    return shown + " (" + bytes.length + " B)";
  }

  /** Empty if they are no text. */
  private static String asText(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.chars().anyMatch(Character::isISOControl) ? "" : text;
    } catch (CharacterCodingException e) {
      return "";
    }
  }
}

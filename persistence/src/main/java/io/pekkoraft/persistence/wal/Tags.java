package io.pekkoraft.persistence.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** The tags of an event as they stand in its record: for each its length (2 bytes), its text. */
final class Tags {
  private static final int MAX_TAG_BYTES = 0xFFFF;
  private static final int LENGTH_BYTES = 2;

  private Tags() {}

  /**
   * Lays tags out, each once, sorted.
   *
   * @throws IllegalArgumentException if one has more than 65,535 bytes
   */
  static byte[] encode(Collection<String> tags) {
    List<byte[]> texts = new ArrayList<>(tags.size());
    int size = 0;
    for (String tag : new TreeSet<>(tags)) {
      byte[] text = tag.getBytes(UTF_8);
      if (text.length > MAX_TAG_BYTES) {
        throw new IllegalArgumentException(
            "a tag has " + text.length + " bytes, more than " + MAX_TAG_BYTES);
      }
      texts.add(text);
      size = Math.addExact(size, LENGTH_BYTES + text.length);
    }
    byte[] encoded = new byte[size];
    int at = 0;
    for (byte[] text : texts) {
      Bytes.putShort(encoded, at, text.length);
      System.arraycopy(text, 0, encoded, at + LENGTH_BYTES, text.length);
      at += LENGTH_BYTES + text.length;
    }
    return encoded;
  }

  /** Reads tags that {@link #addUp}. */
  static List<String> decode(byte[] encoded) {
    List<String> tags = new ArrayList<>();
    for (int at = 0; at < encoded.length; ) {
      int length = Bytes.getUnsignedShort(encoded, at);
      tags.add(new String(encoded, at + LENGTH_BYTES, length, UTF_8));
      at += LENGTH_BYTES + length;
    }
    return List.copyOf(tags);
  }

  /** Whether the lengths between {@code from} and {@code to} fit. */
  static boolean addUp(byte[] source, int from, int to) {
    int at = from;
    while (at + LENGTH_BYTES <= to) {
      at += LENGTH_BYTES + Bytes.getUnsignedShort(source, at);
    }
    return at == to;
  }
}

package io.pekkoraft.persistence.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Small text files that an operator can read, each with its checksum as the last line, which are
 * replaced as a whole: after a crash there is the old one or the new one.
 */
public final class DurableText {
  private static final String CHECKSUM = "crc32c = ";
  private static final int MAX_BYTES = 1 << 20;

  private DurableText() {}

  /**
   * Replaces the file; durable when this returns. Blocks.
   *
   * @param content complete lines, without the checksum
   */
  public static void replace(Storage directory, String name, String content) throws IOException {
    String temporary = name + ".new";
    String whole = content + CHECKSUM + checksum(content) + "\n";
    directory.delete(temporary);
    try (StorageFile file = directory.create(temporary)) {
      byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
      file.write(0, bytes, 0, bytes.length);
      file.flush();
    }
    directory.rename(temporary, name);
    directory.syncDirectory();
  }

  /**
   * What {@link #replace} was given.
   *
   * @throws IllegalArgumentException if it is damaged
   * @throws IOException if it is not there, or cannot be read
   */
  public static String read(Storage directory, String name) throws IOException {
    try (StorageFile file = directory.openForReading(name)) {
      if (file.size() > MAX_BYTES) {
        throw new IllegalArgumentException("it is too large");
      }
      byte[] bytes = new byte[(int) file.size()];
      int length = file.read(0, bytes, 0, bytes.length);
      return checked(new String(bytes, 0, length, StandardCharsets.UTF_8));
    }
  }

  private static String checked(String whole) {
    int end = whole.lastIndexOf(CHECKSUM);
    String content = whole.substring(0, Math.max(end, 0));
    if (end < 0 || !whole.substring(end).strip().equals(CHECKSUM + checksum(content))) {
      throw new IllegalArgumentException("its checksum does not fit");
    }
    return content;
  }

  private static String checksum(String content) {
    CRC32C crc = new CRC32C();
    crc.update(content.getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", crc.getValue());
  }
}

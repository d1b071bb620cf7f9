package io.pekkoraft.cluster;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Small text files that an operator can read, each with its checksum as the last line, which are
 * replaced as a whole: after a crash there is the old one or the new one.
 */
final class DurableText {
  static final FileAttribute<?> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final String CHECKSUM = "crc32c = ";
  private static final int MAX_BYTES = 1 << 20;

  private DurableText() {}

  /**
   * Replaces the file; durable when this returns. Blocks.
   *
   * @param content complete lines, without the checksum
   */
  static void replace(Path directory, String name, String content) throws IOException {
    Path temporary = directory.resolve(name + ".new");
    String whole = content + CHECKSUM + checksum(content) + "\n";
    try (FileChannel channel =
        FileChannel.open(
            temporary, Set.of(CREATE, TRUNCATE_EXISTING, WRITE, NOFOLLOW_LINKS), OWNER_FILE)) {
      ByteBuffer bytes = ByteBuffer.wrap(whole.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(temporary, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    sync(directory);
  }

  /**
   * What {@link #replace} was given.
   *
   * @throws IllegalArgumentException if it is damaged
   * @throws IOException if it is not there, or cannot be read
   */
  static String read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, READ, NOFOLLOW_LINKS)) {
      if (channel.size() > MAX_BYTES) {
        throw new IllegalArgumentException("it is too large");
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
      return checked(new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8));
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

  /** Makes durable which files there are. */
  static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, READ)) {
      channel.force(true);
    }
  }
}

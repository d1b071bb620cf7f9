package io.pekkoraft.bootstrap;

import io.pekkoraft.bootstrap.formation.Identity;
import io.pekkoraft.log.Names;
import io.pekkoraft.log.NodeId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The text of a data directory's IDENTITY file, so that an operator can read whose it is:
 *
 * <pre>
 * pekko-raft data directory, format 1
 * cluster = demo
 * group = kv
 * node = a
 * incarnation = 5f3c1d0a77e2b941
 * crc32c = 0c1d2e3f
 * </pre>
 *
 * <p>The checksum is over all bytes before its line.
 */
final class IdentityFile {
  private static final String HEAD = "pekko-raft data directory, format ";
  private static final String FORMAT = "1";
  private static final int LINES = 6;

  private IdentityFile() {}

  static String write(Identity identity) {
    String content =
        HEAD
            + FORMAT
            + "\ncluster = "
            + identity.cluster()
            + "\ngroup = "
            + identity.group()
            + "\nnode = "
            + identity.node()
            + "\nincarnation = "
            + hex16(identity.incarnation())
            + "\n";
    return content + "crc32c = " + checksum(content) + "\n";
  }

  /**
   * @throws IllegalArgumentException if it is not what {@link #write} wrote
   */
  static Identity read(String text) {
    List<String> lines = text.lines().toList();
    if (lines.isEmpty() || !lines.get(0).startsWith(HEAD)) {
      throw new IllegalArgumentException("it does not start with '" + HEAD + "'");
    }
    String format = lines.get(0).substring(HEAD.length());
    if (!format.equals(FORMAT)) {
      throw new IllegalArgumentException(
          "this version reads format " + FORMAT + ", not '" + format + "'");
    }
    if (lines.size() != LINES) {
      throw new IllegalArgumentException("it has " + lines.size() + " lines, not " + LINES);
    }
    int end = text.lastIndexOf("crc32c = ");
    if (end < 0 || !value(lines.get(5), "crc32c").equals(checksum(text.substring(0, end)))) {
      throw new IllegalArgumentException("its checksum does not fit");
    }
    return new Identity(
        Names.check("cluster name", value(lines.get(1), "cluster")),
        Names.check("group name", value(lines.get(2), "group")),
        NodeId.of(value(lines.get(3), "node")),
        Long.parseUnsignedLong(value(lines.get(4), "incarnation"), 16));
  }

  private static String value(String line, String key) {
    String start = key + " = ";
    if (!line.startsWith(start)) {
      throw new IllegalArgumentException("a line should start with '" + start + "'");
    }
    return line.substring(start.length());
  }

  private static String checksum(String content) {
    CRC32C crc = new CRC32C();
    crc.update(content.getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", crc.getValue());
  }

  private static String hex16(long value) {
    return String.format("%016x", value);
  }
}

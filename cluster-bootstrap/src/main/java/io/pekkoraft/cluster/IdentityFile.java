package io.pekkoraft.cluster;

import io.pekkoraft.log.Names;
import io.pekkoraft.log.NodeId;
import java.util.List;

/**
 * The text of a data directory's IDENTITY file, so that an operator can read whose it is:
 *
 * <pre>
 * pekko-raft data directory, format 1
 * cluster = demo
 * node = a
 * incarnation = 5f3c1d0a77e2b941
 * </pre>
 *
 * <p>{@link io.pekkoraft.persistence.file.DurableText} adds the checksum.
 */
final class IdentityFile {
  private static final String HEAD = "pekko-raft data directory, format ";
  private static final String FORMAT = "1";
  private static final int LINES = 4;

  private IdentityFile() {}

  static String write(LocalNode node) {
    return HEAD
        + FORMAT
        + "\ncluster = "
        + node.cluster()
        + "\nnode = "
        + node.id()
        + "\nincarnation = "
        + String.format("%016x", node.incarnation())
        + "\n";
  }

  /**
   * @throws IllegalArgumentException if it is not what {@link #write} wrote
   */
  static LocalNode read(String text) {
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
    return new LocalNode(
        Names.check("cluster name", value(lines.get(1), "cluster")),
        NodeId.of(value(lines.get(2), "node")),
        Long.parseUnsignedLong(value(lines.get(3), "incarnation"), 16));
  }

  private static String value(String line, String key) {
    String start = key + " = ";
    if (!line.startsWith(start)) {
      throw new IllegalArgumentException("a line should start with '" + start + "'");
    }
    return line.substring(start.length());
  }
}

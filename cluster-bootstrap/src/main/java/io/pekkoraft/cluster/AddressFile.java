package io.pekkoraft.cluster;

import io.pekkoraft.log.NodeId;
import io.pekkoraft.persistence.file.DurableText;
import io.pekkoraft.persistence.file.Storage;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ADDRESSES file of a data directory: where the members were when they were heard last.
 *
 * <pre>
 * pekko-raft addresses, format 1
 * b = pekko://shop@10.0.0.2:2551
 * </pre>
 *
 * <p>A help and nothing more: who is there is asked, so a lost or damaged one costs time only.
 */
final class AddressFile {
  private static final Logger LOG = LoggerFactory.getLogger(AddressFile.class);
  private static final String NAME = "ADDRESSES";
  private static final String HEAD = "pekko-raft addresses, format 1";

  private final Storage directory;

  /**
   * @param directory the data directory
   */
  AddressFile(Storage directory) {
    this.directory = directory;
  }

  /** What was written last; empty if that cannot be read. */
  Map<NodeId, String> read() {
    try {
      if (!directory.list().contains(NAME)) {
        return Map.of();
      }
      List<String> lines = DurableText.read(directory, NAME).lines().toList();
      if (lines.isEmpty() || !lines.get(0).equals(HEAD)) {
        throw new IllegalArgumentException("it does not start with '" + HEAD + "'");
      }
      Map<NodeId, String> addresses = new HashMap<>();
      for (String line : lines.subList(1, lines.size())) {
        int equals = line.indexOf(" = ");
        if (equals < 0) {
          throw new IllegalArgumentException("a line is not 'node = address'");
        }
        addresses.put(NodeId.of(line.substring(0, equals)), line.substring(equals + 3));
      }
      return addresses;
    } catch (IOException | IllegalArgumentException damaged) {
      LOG.warn("{} in {} is not used: {}", NAME, directory.describe(), damaged.toString());
      return Map.of();
    }
  }

  /** Replaces it; durable when this returns. Blocks. */
  void write(Map<NodeId, String> addresses) {
    StringBuilder text = new StringBuilder(HEAD).append('\n');
    new TreeMap<>(addresses)
        .forEach((node, address) -> text.append(node).append(" = ").append(address).append('\n'));
    try {
      DurableText.replace(directory, NAME, text.toString());
    } catch (IOException failed) {
      LOG.warn("the members' addresses cannot be remembered: {}", failed.toString());
    }
  }
}

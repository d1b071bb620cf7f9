package io.pekkoraft.bootstrap.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Removes the nodes' data, and nothing else. */
final class DataFiles {
  private DataFiles() {}

  /** Wipes every node's directory in {@code data}: those that have an IDENTITY file. */
  static void wipe(Path data) throws IOException {
    if (!Files.isDirectory(data)) {
      return;
    }
    List<Path> nodes;
    try (Stream<Path> entries = Files.list(data)) {
      nodes =
          entries
              .filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
              .filter(
                  entry ->
                      Files.isRegularFile(entry.resolve("IDENTITY"), LinkOption.NOFOLLOW_LINKS))
              .toList();
    }
    for (Path node : nodes) {
      try (Stream<Path> files = Files.walk(node)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}

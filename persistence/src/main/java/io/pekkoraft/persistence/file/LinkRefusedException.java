package io.pekkoraft.persistence.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A symbolic link stands where a store has a directory or a file of its own. */
public final class LinkRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private LinkRefusedException(Path link, Path target) {
    super(
        "["
            + link
            + "] is a symbolic link to ["
            + target
            + "]; put the real one there, so that nobody can point the store elsewhere");
  }

  /**
   * Lets pass what is no symbolic link.
   *
   * @throws LinkRefusedException if it is one; names where it leads
   */
  static void require(Path path) throws IOException {
    if (Files.isSymbolicLink(path)) {
      throw new LinkRefusedException(path, Files.readSymbolicLink(path));
    }
  }
}

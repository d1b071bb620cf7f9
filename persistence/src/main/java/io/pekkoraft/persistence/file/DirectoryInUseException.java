package io.pekkoraft.persistence.file;

import java.io.IOException;

/** The directory is open elsewhere: each directory has one owner at a time. */
public final class DirectoryInUseException extends IOException {
  private static final long serialVersionUID = 1L;

  public DirectoryInUseException(String directory, String owner) {
    super(
        "directory ["
            + directory
            + "] is in use by "
            + owner
            + "; give each actor system a directory of its own, or stop the other one first");
  }
}

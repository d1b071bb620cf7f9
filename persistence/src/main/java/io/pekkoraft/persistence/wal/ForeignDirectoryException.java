package io.pekkoraft.persistence.wal;

import java.util.List;

/** The directory holds files but no write-ahead log; nothing is created beside them. */
public final class ForeignDirectoryException extends WalException {
  private static final long serialVersionUID = 1L;

  ForeignDirectoryException(String directory, List<String> files) {
    super(
        "directory ["
            + directory
            + "] holds no write-ahead log but other files, such as "
            + files.subList(0, Math.min(3, files.size()))
            + "; name an empty directory, or one that does not exist",
        null);
  }
}

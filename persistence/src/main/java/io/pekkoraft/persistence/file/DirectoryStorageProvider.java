package io.pekkoraft.persistence.file;

import java.io.IOException;
import java.nio.file.Path;

/** Opens directories of the local file system; the default. */
public final class DirectoryStorageProvider implements StorageProvider {
  @Override
  public Storage open(Path directory) throws IOException {
    return DirectoryStorage.open(directory);
  }
}

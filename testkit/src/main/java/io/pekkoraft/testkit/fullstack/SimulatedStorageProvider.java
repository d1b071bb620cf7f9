package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageProvider;
import java.io.IOException;
import java.nio.file.Path;

/** Opens directories on the disk of the simulated machine whose code asks for them. */
public final class SimulatedStorageProvider implements StorageProvider {
  @Override
  public Storage open(Path directory) throws IOException {
    Life life = Life.current();
    return life.machine().disk().open(directory.toString(), life);
  }
}

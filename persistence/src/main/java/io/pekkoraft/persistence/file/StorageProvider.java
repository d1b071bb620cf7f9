package io.pekkoraft.persistence.file;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Opens directories. Named by class in the configuration ({@code storage-provider}), so it has a
 * public constructor without parameters; a test names its own to inject faults.
 */
public interface StorageProvider {

  /**
   * Opens a directory as its only owner, creating it if it does not exist.
   *
   * @throws DirectoryInUseException if another owner has it open, in this process or another
   * @throws IOException if it cannot be opened, or is not a plain directory
   */
  Storage open(Path directory) throws IOException;

  /** The provider with the given class name. */
  static StorageProvider named(String className, ClassLoader loader) {
    try {
      return Class.forName(className, true, loader)
          .asSubclass(StorageProvider.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException | ClassCastException failure) {
      throw new IllegalArgumentException(
          "storage-provider ["
              + className
              + "] cannot be used: it must be a class that implements "
              + StorageProvider.class.getName()
              + " and has a public constructor without parameters",
          failure);
    }
  }
}

package io.pekkoraft.mutants;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Loads this project's classes once more, apart from all others, and some of them changed. So a
 * mutant runs beside the real code and beside other mutants, and the production code needs no seam
 * for it.
 */
final class MutantLoader extends ClassLoader {
  private static final String OWN = "io.pekkoraft.";

  private final Map<String, byte[]> changed;
  private final List<Path> more;

  static {
    registerAsParallelCapable();
  }

  /**
   * @param changed classes by name, in place of those on the class path
   * @param more directories of classes that may be missing on the class path
   */
  MutantLoader(Map<String, byte[]> changed, List<Path> more) {
    super(MutantLoader.class.getClassLoader());
    this.changed = changed;
    this.more = more;
  }

  /** The trial, of classes of this loader alone. */
  LongFunction<@Nullable String> newTrial(Trial trial) {
    try {
      @SuppressWarnings("unchecked") // what every trial is, as Trial says
      LongFunction<@Nullable String> created =
          (LongFunction<@Nullable String>)
              loadClass(trial.className()).getConstructor().newInstance();
      return created;
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OWN)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    byte[] bytes = changed.get(name);
    if (bytes == null) {
      bytes = original(name);
    }
    return defineClass(name, bytes, 0, bytes.length);
  }

  private byte[] original(String name) throws ClassNotFoundException {
    String file = name.replace('.', '/') + ".class";
    try (InputStream in = getParent().getResourceAsStream(file)) {
      if (in != null) {
        return in.readAllBytes();
      }
      for (Path directory : more) {
        Path path = directory.resolve(file);
        if (Files.exists(path)) {
          return Files.readAllBytes(path);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new ClassNotFoundException(name);
  }
}

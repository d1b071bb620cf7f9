package io.pekkoraft.bootstrap.local;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Real input that every Java installation has: the names of its own classes, about 30,000. */
final class ClassNames {
  private static final String SUFFIX = ".class";

  private ClassNames() {}

  /**
   * Writes the name of every class of the running JDK, a line each, sorted, each once. Returns how
   * many.
   */
  static int writeTo(Path file) throws IOException {
    Path modules = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules");
    List<String> names;
    try (Stream<Path> files = Files.walk(modules)) {
      names =
          files
              .map(path -> modules.relativize(path).toString())
              .filter(path -> path.endsWith(SUFFIX) && !path.endsWith("module-info.class"))
              .map(
                  path ->
                      path.substring(path.indexOf('/') + 1, path.length() - SUFFIX.length())
                          .replace('/', '.'))
              .distinct()
              .sorted()
              .toList();
    }
    Files.write(file, names);
    return names.size();
  }
}

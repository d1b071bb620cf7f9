package io.pekkoraft.testkit.quality;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The tests that there are, for tables that name them. */
public final class TestSources {
  private static final String ENDING = ".java";

  private TestSources() {}

  /** Names of classes in the test sources of all modules, without packages. */
  public static Set<String> names() throws IOException {
    Set<String> names = new TreeSet<>();
    for (String module : List.of("persistence", "node", "testkit", "cluster-bootstrap")) {
      try (Stream<Path> paths = Files.walk(Path.of("..", module, "src/test/java"))) {
        paths
            .map(path -> String.valueOf(path.getFileName()))
            .filter(name -> name.endsWith(ENDING))
            .forEach(name -> names.add(name.substring(0, name.length() - ENDING.length())));
      }
    }
    return names;
  }
}

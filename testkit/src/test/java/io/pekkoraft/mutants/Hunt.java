package io.pekkoraft.mutants;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Puts mutants to their trials. */
final class Hunt {
  /** Of this module, as Maven runs its tests. */
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private final MutantCompiler compiler =
      new MutantCompiler(ROOT, System.getProperty("java.class.path", ""));
  private final List<Path> more = List.of(ROOT.resolve("persistence/target/test-classes"));

  /**
   * @param seed that noticed it
   * @param tried how many seeds were tried, this one included
   * @param by the invariant that was violated, or what was thrown
   */
  record Catch(long seed, int tried, String by) {}

  /**
   * A loader of all classes of this project, in which those that the mutant changes are changed.
   */
  MutantLoader loader(Mutant mutant) throws IOException {
    return new MutantLoader(compiler.compile(mutant), more);
  }

  static Path root() {
    return ROOT;
  }

  /**
   * Tries seeds in order, or the tests that the mutant names.
   *
   * @return null if none of them notices anything
   */
  @Nullable Catch hunt(Mutant mutant, List<Long> seeds) throws IOException {
    if (mutant.trial() == Trial.TESTS) {
      return byTests(mutant);
    }
    LongFunction<@Nullable String> trial = loader(mutant).newTrial(mutant.trial());
    int tried = 0;
    for (long seed : seeds) {
      tried++;
      String noticed = trial.apply(seed);
      if (noticed != null) {
        return new Catch(seed, tried, noticed);
      }
    }
    return null;
  }

  /** As if each were a seed. */
  private @Nullable Catch byTests(Mutant mutant) throws IOException {
    ClassLoader changed = loader(mutant);
    int tried = 0;
    for (String test : mutant.tests()) {
      tried++;
      try {
        if (NamedTests.failure(changed, test) != null) {
          return new Catch(
              tried,
              tried,
              "`" + test.substring(test.lastIndexOf('.', test.indexOf('#')) + 1) + "`");
        }
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException(e);
      }
    }
    return null;
  }
}

package io.pekkoraft.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every mutant of the log and the snapshot store is caught: by a power loss at one of the calls to
 * the disk of a few workloads, or by the tests that it names. {@code -Draft.mutants.only=L06} looks
 * at those alone whose names begin so.
 */
class LogMutantsTest {
  private static final int WORKLOADS = 1;
  private static final String ONLY = System.getProperty("raft.mutants.only", "");

  private final Hunt hunt = new Hunt();
  private List<Mutant> mutants = List.of();

  @BeforeEach
  void read() throws IOException {
    mutants =
        Mutant.readAll(Path.of("src/test/resources/mutants/log")).stream()
            .filter(mutant -> mutant.id().startsWith(ONLY))
            .toList();
  }

  @Test
  void every_mutant_of_the_log_is_caught() throws Exception {
    Map<String, String> caught = new ConcurrentSkipListMap<>();
    inParallel(
        mutants,
        mutant -> {
          String noticed = noticed(mutant);
          if (noticed != null) {
            caught.put(mutant.id(), noticed);
          }
        });
    System.out.println(table(caught));
    assertThat(mutants.stream().filter(mutant -> !caught.containsKey(mutant.id())))
        .as("not caught")
        .isEmpty();
  }

  /** What is caught is the mutant's doing. */
  @Test
  void the_same_runs_notice_nothing_in_the_code_as_it_is() throws Exception {
    List<String> tests =
        mutants.stream().flatMap(mutant -> mutant.tests().stream()).distinct().sorted().toList();
    ClassLoader unchanged = hunt.loader(Mutant.none(Trial.TESTS));
    inParallel(tests, test -> assertThat(NamedTests.failure(unchanged, test)).as(test).isNull());
    if (mutants.stream().anyMatch(mutant -> mutant.trial() == Trial.CRASH)) {
      assertThat(hunt.hunt(Mutant.none(Trial.CRASH), workloads())).isNull();
    }
  }

  /** What is to be done with one of a list. */
  private interface Task<T> {
    void accept(T one) throws Exception;
  }

  private static <T> void inParallel(List<T> all, Task<T> task) throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(2);
    try {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (T one : all) {
        tasks.add(
            () -> {
              task.accept(one);
              return null;
            });
      }
      for (Future<Void> done : workers.invokeAll(tasks)) {
        done.get();
      }
    } finally {
      workers.shutdownNow();
    }
  }

  private String table(Map<String, String> caught) {
    StringBuilder table = new StringBuilder("| mutant | what is wrong | caught by |%n".formatted());
    for (Mutant mutant : mutants) {
      table.append(
          "| %s | %s | %s |%n"
              .formatted(mutant.id(), mutant.title(), caught.getOrDefault(mutant.id(), "nothing")));
    }
    return table.toString();
  }

  private @Nullable String noticed(Mutant mutant) throws IOException {
    assertThat(mutant.trial() == Trial.CRASH || !mutant.tests().isEmpty())
        .as("%s names tests", mutant)
        .isTrue();
    Hunt.Catch found = hunt.hunt(mutant, workloads());
    if (found == null || mutant.trial() == Trial.TESTS) {
      return found == null ? null : found.by();
    }
    return "a power loss in workload " + found.seed();
  }

  private static List<Long> workloads() {
    return LongStream.rangeClosed(1, WORKLOADS).boxed().toList();
  }
}

package io.pekkoraft.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.fullstack.QuietLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Every mutant is caught: in each build by the seed that is recorded for it, and on demand afresh,
 * from seed 1 on: {@code -Draft.mutants=afresh}. With {@code -Draft.mutants.record=true} besides,
 * what was found is recorded. {@code -Draft.mutants.only=M06} looks at those alone whose names
 * begin with one of these, parted by commas; what is recorded of others stays.
 */
@ExtendWith(QuietLog.class)
class MutantsTest {
  private static final int SEEDS = Integer.getInteger("raft.mutants.seeds", 200);
  private static final int MEDIAN = 50;

  /** The simulator may have changed since a seed was recorded: so many others are tried then. */
  private static final int OTHER_SEEDS = 20;

  private static final List<String> ONLY =
      List.of(System.getProperty("raft.mutants.only", "").split(",", -1));

  private final Hunt hunt = new Hunt();
  private List<Mutant> mutants = List.of();

  private interface Seeds {
    List<Long> of(Mutant mutant);
  }

  @BeforeEach
  void read() throws IOException {
    mutants =
        all().stream().filter(mutant -> ONLY.stream().anyMatch(mutant.id()::startsWith)).toList();
    assertThat(mutants).isNotEmpty();
  }

  private static List<Mutant> all() throws IOException {
    return Mutant.readAll(Path.of("src/test/resources/mutants"));
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES) // seconds, unless the machine is busy
  void every_mutant_is_caught_by_the_seed_recorded_for_it() throws Exception {
    Map<String, Hunt.Catch> recorded = Records.read();
    Map<Mutant, Hunt.Catch> caught =
        caught(
            mutant -> {
              List<Long> seeds = new ArrayList<>();
              Hunt.Catch known = recorded.get(mutant.id());
              if (known != null) {
                seeds.add(known.seed());
              }
              seeds.addAll(first(OTHER_SEEDS));
              return seeds;
            });
    caught.forEach(
        (mutant, c) -> {
          Hunt.Catch known = recorded.get(mutant.id());
          if (known == null || known.seed() != c.seed()) {
            System.out.printf(
                "%s was recorded with %s; now seed %d catches it: record anew%n",
                mutant, known, c.seed());
          }
        });
    assertThat(missing(caught)).as("not caught").isEmpty();
    nothingIsCaughtInTheCodeAsItIs(List.of(1L, 2L));
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  @EnabledIfSystemProperty(named = "raft.mutants", matches = "afresh")
  void every_mutant_is_found_afresh_within_200_seeds_and_half_of_them_within_50() throws Exception {
    Map<Mutant, Hunt.Catch> caught = caught(mutant -> first(SEEDS));
    System.out.println(Records.plain(caught));
    if (Boolean.getBoolean("raft.mutants.record")) {
      Records.write(caught, all());
    }
    assertThat(missing(caught)).as("not found within %s seeds", SEEDS).isEmpty();
    assertThat(Records.median(caught)).isLessThanOrEqualTo(MEDIAN);
    nothingIsCaughtInTheCodeAsItIs(
        caught.values().stream().map(Hunt.Catch::seed).distinct().toList());
  }

  private static List<Long> first(int seeds) {
    return LongStream.rangeClosed(1, seeds).boxed().toList();
  }

  /** What is caught is the mutant's doing: the same seeds, in the same way, notice nothing else. */
  private void nothingIsCaughtInTheCodeAsItIs(List<Long> seeds) throws IOException {
    for (Trial trial : mutants.stream().map(Mutant::trial).distinct().toList()) {
      assertThat(hunt.hunt(Mutant.none(trial), seeds)).as("%s", trial).isNull();
    }
  }

  private List<Mutant> missing(Map<Mutant, Hunt.Catch> caught) {
    return mutants.stream().filter(mutant -> !caught.containsKey(mutant)).toList();
  }

  private Map<Mutant, Hunt.Catch> caught(Seeds seeds) throws InterruptedException {
    Map<Mutant, Hunt.Catch> caught = Collections.synchronizedMap(new LinkedHashMap<>());
    ExecutorService workers = Executors.newFixedThreadPool(2);
    try {
      List<Callable<Void>> hunts = new ArrayList<>();
      for (Mutant mutant : mutants) {
        hunts.add(
            () -> {
              Hunt.Catch c = hunt.hunt(mutant, seeds.of(mutant));
              if (c != null) {
                caught.put(mutant, c);
              }
              return null;
            });
      }
      for (Future<Void> done : workers.invokeAll(hunts)) {
        done.get();
      }
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      throw new AssertionError(cause.getMessage(), cause);
    } finally {
      workers.shutdownNow();
    }
    Map<Mutant, Hunt.Catch> inOrder = new LinkedHashMap<>();
    for (Mutant mutant : mutants) {
      Hunt.Catch c = caught.get(mutant);
      if (c != null) {
        inOrder.put(mutant, c);
      }
    }
    return inOrder;
  }
}

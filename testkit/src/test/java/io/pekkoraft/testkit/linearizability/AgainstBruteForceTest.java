package io.pekkoraft.testkit.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.linearizability.ClientOperation.Outcome;
import io.pekkoraft.testkit.linearizability.RandomHistories.Shape;
import io.pekkoraft.testkit.quality.QualityFigures;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The search and the definition say the same of random small histories. */
class AgainstBruteForceTest {
  private static final int HISTORIES = Integer.getInteger("raft.histories", 20_000);

  private final KeyValueSpecification specification = new KeyValueSpecification();
  private final BruteForce<?, KeyValueRequest, KeyValueReply> definition =
      new BruteForce<>(specification);

  @Test
  void both_say_the_same_of_random_histories() {
    int linearizable = 0;
    int not = 0;
    for (int seed = 0; seed < HISTORIES; seed++) {
      RandomHistories random = new RandomHistories(seed);
      Shape shape =
          new Shape(2 + seed % 3, 4 + seed % 4, 1 + seed % 5 / 4, 2 + seed % 3, seed % 7 * 10);
      List<ClientOperation<KeyValueRequest, KeyValueReply>> history = random.linearizable(shape);
      if (seed % 4 > 0) {
        history = random.damaged(history, shape);
      }
      boolean expected = definition.isLinearizable(history);
      Verdict verdict = new LinearizabilityChecker<>(specification).check(history);
      assertThat(verdict instanceof Verdict.Linearizable)
          .as("seed %s: %s%n%s", seed, history, verdict)
          .isEqualTo(expected);
      assertThat(verdict).isNotInstanceOf(Verdict.Unknown.class);
      if (expected) {
        linearizable++;
      } else {
        not++;
        assertShortest(seed, history);
      }
    }
    QualityFigures.of("Linearizability checker against the definition")
        .add("random histories on which both agree", HISTORIES)
        .add("of them not linearizable", not)
        .write();
    assertThat(linearizable).isGreaterThan(HISTORIES / 4);
    assertThat(not).isGreaterThan(HISTORIES / 10);
  }

  /** What is explained is the shortest part that is not linearizable. */
  private void assertShortest(
      int seed, List<ClientOperation<KeyValueRequest, KeyValueReply>> history) {
    for (Object key : history.stream().map(one -> one.input().key()).distinct().toList()) {
      List<ClientOperation<KeyValueRequest, KeyValueReply>> ofKey =
          history.stream()
              .filter(one -> one.input().key().equals(key) && one.outcome() != Outcome.FAILED)
              .toList();
      Search<?, KeyValueRequest, KeyValueReply> search = new Search<>(specification, ofKey, 10_000);
      if (search.run() == Search.Result.NONE) {
        long end = new Explanation<>(specification, 10_000).shortest(ofKey, search.blockedAt());
        assertThat(definition.isLinearizable(Explanation.until(end, ofKey)))
            .as("seed %s", seed)
            .isFalse();
        assertThat(definition.isLinearizable(Explanation.until(end - 1, ofKey)))
            .as("seed %s", seed)
            .isTrue();
      }
    }
  }
}

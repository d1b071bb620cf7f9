package io.pekkoraft.testkit.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.linearizability.RandomHistories.Shape;
import io.pekkoraft.testkit.quality.QualityFigures;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Histories as long as those of real loads. */
class LongHistoriesTest {

  private static final QualityFigures FIGURES = QualityFigures.of("Linearizability checker");

  @AfterAll
  static void writeFigures() {
    FIGURES.write();
  }

  private static Verdict timed(
      String what, List<ClientOperation<KeyValueRequest, KeyValueReply>> history) {
    long before = System.nanoTime();
    Verdict verdict = new LinearizabilityChecker<>(new KeyValueSpecification()).check(history);
    double seconds = (System.nanoTime() - before) / 1e9;
    FIGURES.add(what + ", operations a second", Math.round(history.size() / seconds));
    return verdict;
  }

  @Test
  void a_long_history_of_many_keys_is_decided_fast() {
    Shape shape = new Shape(16, 200_000, 200, 0, 1);
    timed("200 keys, 1 % of outcomes unknown", new RandomHistories(1).linearizable(shape)).orFail();
  }

  @Test
  void a_long_history_of_one_key_is_decided_without_deep_recursion() {
    timed(
            "one key, 8 clients at once",
            new RandomHistories(2).linearizable(new Shape(8, 60_000, 1, 0, 0)))
        .orFail();
  }

  @Test
  void one_stale_read_in_a_long_history_is_found_and_explained() {
    List<ClientOperation<KeyValueRequest, KeyValueReply>> history =
        new ArrayList<>(new RandomHistories(3).linearizable(new Shape(8, 50_000, 100, 0, 1)));
    long end = history.stream().mapToLong(ClientOperation::invoked).max().orElseThrow() + 1_000;
    String key = "k7";
    KeyValueReply.Done done = new KeyValueReply.Done();
    history.add(returned(end + 1, end + 2, new KeyValueRequest.Put(key, "old"), done));
    history.add(returned(end + 3, end + 4, new KeyValueRequest.Put(key, "new"), done));
    history.add(
        returned(end + 5, end + 6, new KeyValueRequest.Get(key), new KeyValueReply.Value("old")));

    Verdict verdict = timed("a stale read found and explained", history);

    assertThat(verdict).isInstanceOf(Verdict.NotLinearizable.class);
    String explanation = ((Verdict.NotLinearizable) verdict).explanation();
    assertThat(explanation.substring(0, explanation.indexOf("  and these")).lines().skip(3))
        .hasSize(3);
  }

  private static ClientOperation<KeyValueRequest, KeyValueReply> returned(
      long invoked, long returned, KeyValueRequest request, KeyValueReply reply) {
    return new ClientOperation<>(
        "last", request, ClientOperation.Outcome.RETURNED, reply, invoked, returned);
  }
}

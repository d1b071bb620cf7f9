package io.pekkoraft.testkit.linearizability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.testkit.linearizability.ClientOperation.Outcome;
import io.pekkoraft.testkit.linearizability.KeyValueReply.Done;
import io.pekkoraft.testkit.linearizability.KeyValueReply.Refused;
import io.pekkoraft.testkit.linearizability.KeyValueReply.Value;
import io.pekkoraft.testkit.linearizability.KeyValueRequest.Append;
import io.pekkoraft.testkit.linearizability.KeyValueRequest.CompareAndSet;
import io.pekkoraft.testkit.linearizability.KeyValueRequest.Delete;
import io.pekkoraft.testkit.linearizability.KeyValueRequest.Get;
import io.pekkoraft.testkit.linearizability.KeyValueRequest.Put;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Histories of which people know what to think. Numbers are ticks. */
class KnownHistoriesTest {
  private static final Done DONE = new Done();
  private static final Refused REFUSED = new Refused();

  private static ClientOperation<KeyValueRequest, KeyValueReply> told(
      long invoked, long returned, String client, KeyValueRequest request, KeyValueReply reply) {
    return new ClientOperation<>(client, request, Outcome.RETURNED, reply, invoked, returned);
  }

  private static ClientOperation<KeyValueRequest, KeyValueReply> put(
      long invoked, long returned, String client, String value) {
    return told(invoked, returned, client, new Put("x", value), DONE);
  }

  private static ClientOperation<KeyValueRequest, KeyValueReply> get(
      long invoked, long returned, String client, @Nullable String value) {
    return told(invoked, returned, client, new Get("x"), new Value(value));
  }

  private static ClientOperation<KeyValueRequest, KeyValueReply> failed(
      long invoked, long returned, String client, KeyValueRequest request) {
    return new ClientOperation<>(client, request, Outcome.FAILED, null, invoked, returned);
  }

  private static ClientOperation<KeyValueRequest, KeyValueReply> unknown(
      long invoked, String client, KeyValueRequest request) {
    return new ClientOperation<>(
        client, request, Outcome.UNKNOWN, null, invoked, ClientOperation.NEVER);
  }

  @SafeVarargs
  private static Verdict verdict(ClientOperation<KeyValueRequest, KeyValueReply>... history) {
    List<ClientOperation<KeyValueRequest, KeyValueReply>> operations = new ArrayList<>();
    for (ClientOperation<KeyValueRequest, KeyValueReply> operation : history) {
      operations.add(operation);
    }
    return new LinearizabilityChecker<>(new KeyValueSpecification()).check(operations);
  }

  @SafeVarargs
  private static void good(ClientOperation<KeyValueRequest, KeyValueReply>... history) {
    assertThat(verdict(history)).isInstanceOf(Verdict.Linearizable.class);
  }

  @SafeVarargs
  private static void bad(ClientOperation<KeyValueRequest, KeyValueReply>... history) {
    assertThat(verdict(history)).isInstanceOf(Verdict.NotLinearizable.class);
  }

  @Test
  void nothing_is_linearizable() {
    good();
  }

  @Test
  void a_read_sees_the_write_before_it() {
    good(put(1, 2, "c1", "a"), get(3, 4, "c2", "a"));
  }

  @Test
  void a_read_during_a_write_may_see_either_value() {
    good(put(1, 2, "c1", "a"), put(3, 8, "c1", "b"), get(4, 5, "c2", "a"), get(6, 7, "c2", "b"));
  }

  @Test
  void once_a_write_was_seen_nobody_sees_the_value_before_it() {
    bad(put(1, 2, "c1", "a"), put(3, 8, "c1", "b"), get(4, 5, "c2", "b"), get(6, 7, "c3", "a"));
  }

  @Test
  void a_stale_read_is_noticed() {
    bad(put(1, 2, "c1", "a"), put(3, 4, "c1", "b"), get(5, 6, "c2", "a"));
  }

  @Test
  void a_read_of_nothing_after_a_write_is_noticed() {
    bad(put(1, 2, "c1", "a"), get(3, 4, "c2", null));
  }

  @Test
  void a_lost_update_is_noticed() {
    bad(
        put(1, 2, "c1", "0"),
        told(3, 6, "c1", new Append("x", "+1"), DONE),
        told(4, 7, "c2", new Append("x", "+2"), DONE),
        get(8, 9, "c1", "0+1"));
  }

  @Test
  void two_updates_at_once_happen_in_some_order() {
    good(
        put(1, 2, "c1", "0"),
        told(3, 6, "c1", new Append("x", "+1"), DONE),
        told(4, 7, "c2", new Append("x", "+2"), DONE),
        get(8, 9, "c1", "0+2+1"));
  }

  @Test
  void a_value_that_nobody_wrote_is_noticed() {
    bad(put(1, 2, "c1", "a"), get(3, 4, "c2", "b"));
  }

  @Test
  void a_value_from_the_future_is_noticed() {
    bad(get(1, 2, "c1", "a"), put(3, 4, "c2", "a"));
  }

  @Test
  void what_failed_for_certain_and_has_an_effect_later_is_noticed() {
    bad(put(1, 2, "c1", "a"), failed(3, 4, "c2", new Put("x", "b")), get(5, 6, "c1", "b"));
  }

  @Test
  void what_failed_for_certain_is_missed_by_nobody() {
    good(put(1, 2, "c1", "a"), failed(3, 4, "c2", new Put("x", "b")), get(5, 6, "c1", "a"));
  }

  @Test
  void what_never_returned_may_take_effect_late_or_never() {
    good(
        put(1, 2, "c1", "a"),
        unknown(3, "c2", new Put("x", "b")),
        get(4, 5, "c1", "a"),
        get(6, 7, "c1", "b"));
    good(put(1, 2, "c1", "a"), unknown(3, "c2", new Put("x", "b")), get(8, 9, "c1", "a"));
  }

  @Test
  void what_never_returned_takes_effect_only_once() {
    bad(
        unknown(1, "c2", new Put("x", "b")),
        get(2, 3, "c1", "b"),
        put(4, 5, "c1", "a"),
        get(6, 7, "c1", "a"),
        get(8, 9, "c1", "b"));
  }

  @Test
  void what_never_returned_has_no_effect_before_its_call() {
    bad(put(1, 2, "c1", "a"), get(3, 4, "c1", "b"), unknown(5, "c2", new Put("x", "b")));
  }

  @Test
  void two_writes_seen_in_opposite_orders_by_two_clients_are_noticed() {
    bad(put(1, 4, "c1", "a"), put(2, 5, "c2", "b"), get(6, 7, "c3", "a"), get(8, 9, "c3", "b"));
    bad(
        put(1, 20, "c1", "a"),
        put(2, 21, "c2", "b"),
        get(3, 4, "c3", "a"),
        get(5, 6, "c4", "b"),
        get(7, 8, "c3", "a"));
  }

  @Test
  void a_double_application_is_noticed() {
    bad(told(1, 2, "c1", new Append("x", "a"), DONE), get(3, 4, "c1", "aa"));
  }

  @Test
  void a_write_applied_again_after_another_one_is_noticed() {
    bad(put(1, 2, "c1", "a"), put(3, 4, "c1", "b"), get(5, 6, "c1", "b"), get(7, 8, "c1", "a"));
  }

  @Test
  void a_swap_that_wrongly_succeeded_is_noticed() {
    bad(put(1, 2, "c1", "a"), told(3, 4, "c2", new CompareAndSet("x", "b", "c"), DONE));
    bad(
        put(1, 2, "c1", "a"),
        told(3, 5, "c1", new CompareAndSet("x", "a", "b"), DONE),
        told(4, 6, "c2", new CompareAndSet("x", "a", "c"), DONE));
  }

  @Test
  void a_swap_that_wrongly_failed_is_noticed() {
    bad(put(1, 2, "c1", "a"), told(3, 4, "c2", new CompareAndSet("x", "a", "c"), REFUSED));
  }

  @Test
  void a_swap_of_unknown_outcome_explains_what_it_can() {
    good(
        put(1, 2, "c1", "a"),
        unknown(3, "c2", new CompareAndSet("x", "a", "b")),
        get(4, 5, "c1", "b"));
    bad(
        put(1, 2, "c1", "a"),
        unknown(3, "c2", new CompareAndSet("x", "z", "b")),
        get(4, 5, "c1", "b"));
  }

  @Test
  void a_deleted_key_is_gone() {
    good(put(1, 2, "c1", "a"), told(3, 4, "c1", new Delete("x"), DONE), get(5, 6, "c2", null));
    bad(put(1, 2, "c1", "a"), told(3, 4, "c1", new Delete("x"), DONE), get(5, 6, "c2", "a"));
  }

  @Test
  void keys_do_not_explain_each_other() {
    bad(told(1, 2, "c1", new Put("x", "a"), DONE), told(3, 4, "c1", new Get("y"), new Value("a")));
  }

  @Test
  void the_explanation_names_the_operations_that_conflict_and_no_others() {
    Verdict verdict =
        verdict(
            put(1, 2, "c1", "before"),
            get(3, 4, "c2", "before"),
            put(5, 6, "c1", "old"),
            get(7, 8, "c2", "old"),
            put(9, 10, "c1", "new"),
            get(11, 12, "c3", "old"),
            put(13, 14, "c1", "after"),
            told(15, 16, "c1", new Put("y", "elsewhere"), DONE));

    assertThat(((Verdict.NotLinearizable) verdict).explanation())
        .isEqualTo(
            """
            not linearizable: x
              no order of the first 6 of 7 operations explains what was answered until 12
              these conflict ([called, returned] client: input -> output):
                [5, 6] c1: Put[key=x, value=old] -> Done[]
                [9, 10] c1: Put[key=x, value=new] -> Done[]
                [11, 12] c3: Get[key=x] -> Value[value=old]
            """);
  }

  @Test
  void the_explanation_names_what_does_not_explain_it_either() {
    Verdict verdict =
        verdict(
            unknown(1, "c2", new Put("x", "lost")),
            put(2, 3, "c1", "a"),
            get(4, 5, "c1", "never written"));

    assertThat(((Verdict.NotLinearizable) verdict).explanation())
        .isEqualTo(
            """
            not linearizable: x
              no order of the first 3 of 3 operations explains what was answered until 5
              these conflict ([called, returned] client: input -> output):
                [4, 5] c1: Get[key=x] -> Value[value=never written]
              and these, of unknown outcome by then, do not explain it either:
                [1, ...] c2: Put[key=x, value=lost] -> UNKNOWN
            """);
  }

  @Test
  void too_much_to_look_at_is_unknown_and_unknown_is_a_failure() {
    History<KeyValueRequest, KeyValueReply> history = new History<>();
    for (int i = 0; i < 30; i++) {
      history.invoke("c" + i, new Put("x", "v" + i));
    }
    history.invoke("reader", new Get("x")).returned(new Value("never written"));

    Verdict verdict =
        new LinearizabilityChecker<>(new KeyValueSpecification(), 10_000).check(history);

    assertThat(verdict).isInstanceOf(Verdict.Unknown.class);
    assertThat(verdict.toString())
        .contains("10000 configurations")
        .contains("30 of unknown outcome");
    assertThatThrownBy(verdict::orFail).isInstanceOf(AssertionError.class);
  }

  @Test
  void an_operation_ends_once() {
    History<KeyValueRequest, KeyValueReply> history = new History<>();
    History.Call<KeyValueRequest, KeyValueReply> call = history.invoke("c1", new Get("x"));
    call.failed();
    assertThatThrownBy(call::unknown).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> call.returned(DONE)).isInstanceOf(IllegalStateException.class);
  }
}

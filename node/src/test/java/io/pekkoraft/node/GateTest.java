package io.pekkoraft.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.message.ClientRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GateTest {
  private static final byte[] COMMAND = {1, 2, 3};
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final AtomicLong now = new AtomicLong();
  private final AtomicInteger signals = new AtomicInteger();
  private final Gate gate = new Gate(2, now::get, Duration.ofMillis(50));

  GateTest() {
    gate.open(signals::incrementAndGet);
  }

  private static Outcome outcome(CompletionStage<Outcome> answer) {
    assertThat(answer.toCompletableFuture()).isCompleted();
    return answer.toCompletableFuture().join();
  }

  @Test
  void requests_that_come_together_are_signalled_once_and_drawn_together() {
    gate.submit(COMMAND, SECOND);
    gate.submit(COMMAND, SECOND);
    assertThat(signals).hasValue(1);
    assertThat(gate.draw()).hasSize(2);
    assertThat(gate.draw()).isEmpty();
  }

  @Test
  void without_a_credit_a_request_is_refused_at_once_and_an_answer_gives_its_credit_back() {
    gate.submit(COMMAND, SECOND);
    gate.submit(COMMAND, SECOND);
    assertThat(outcome(gate.submit(COMMAND, SECOND))).isInstanceOf(Outcome.Overloaded.class);
    gate.draw().get(0).complete(new Outcome.NoLeader("test"));
    assertThat(gate.submit(COMMAND, SECOND).toCompletableFuture()).isNotCompleted();
  }

  /** Its deadline comes, on the scheduler's thread, while the node is about to append it. */
  @Test
  void a_request_that_was_taken_keeps_its_command_when_its_deadline_comes() {
    var answer = gate.submit(COMMAND, SECOND);
    ClientRequest request = gate.draw().get(0);
    assertThat(request.mayTakeEffect()).isTrue();
    now.addAndGet(SECOND.toNanos());
    gate.expire();
    assertThat(outcome(answer)).isInstanceOf(Outcome.Indeterminate.class);
    assertThat(request.command()).isEqualTo(COMMAND);
  }

  @Test
  void a_request_without_time_is_not_begun() {
    for (Duration none : List.of(Duration.ZERO, Duration.ofMillis(-1))) {
      assertThat(outcome(gate.submit(COMMAND, none))).isEqualTo(new Outcome.TimedOut(none));
    }
    assertThat(gate.draw()).isEmpty();
  }

  @Test
  @SuppressWarnings("NullAway") // what a caller does wrong
  void null_is_the_callers_mistake_and_never_reaches_the_node() {
    assertThatThrownBy(() -> gate.submit(null, SECOND)).hasMessage("command");
    assertThatThrownBy(() -> gate.submit(COMMAND, null)).isInstanceOf(NullPointerException.class);
    assertThat(gate.draw()).isEmpty();
  }

  @Test
  void a_request_that_nobody_took_was_certainly_not_done_at_its_deadline() {
    var answer = gate.submit(COMMAND, SECOND);
    now.addAndGet(SECOND.toNanos() - 1);
    gate.expire();
    assertThat(answer.toCompletableFuture()).isNotCompleted();
    now.incrementAndGet();
    gate.expire();
    assertThat(outcome(answer)).isEqualTo(new Outcome.TimedOut(SECOND));
    assertThat(gate.draw()).as("nobody waits for it any more").isEmpty();
  }

  @Test
  void each_request_has_its_own_deadline_whichever_came_first() {
    var later = gate.submit(COMMAND, SECOND);
    var sooner = gate.submit(COMMAND, SECOND.dividedBy(2));
    now.addAndGet(SECOND.toNanos() / 2);
    gate.expire();
    assertThat(outcome(sooner)).isInstanceOf(Outcome.TimedOut.class);
    assertThat(later.toCompletableFuture()).isNotCompleted();
    now.addAndGet(SECOND.toNanos() / 2);
    gate.expire();
    assertThat(outcome(later)).isInstanceOf(Outcome.TimedOut.class);
  }

  @Test
  void an_answered_request_may_not_take_effect_any_more() {
    gate.submit(COMMAND, SECOND);
    ClientRequest drawn = gate.draw().get(0);
    now.addAndGet(SECOND.toNanos());
    gate.expire();
    assertThat(drawn.mayTakeEffect()).isFalse();
  }

  @Test
  void a_request_that_was_taken_is_indeterminate_at_its_deadline() {
    var answer = gate.submit(COMMAND, SECOND);
    assertThat(gate.draw().get(0).mayTakeEffect()).isTrue();
    now.addAndGet(SECOND.toNanos());
    gate.expire();
    assertThat(outcome(answer)).isInstanceOf(Outcome.Indeterminate.class);
  }

  @Test
  void the_first_answer_stays() {
    var answer = gate.submit(COMMAND, SECOND);
    ClientRequest drawn = gate.draw().get(0);
    drawn.complete(new Outcome.NoLeader("first"));
    drawn.complete(new Outcome.NoLeader("second"));
    assertThat(outcome(answer)).isEqualTo(new Outcome.NoLeader("first"));
    assertThat(gate.submit(COMMAND, SECOND).toCompletableFuture()).isNotCompleted();
    assertThat(gate.submit(COMMAND, SECOND).toCompletableFuture()).isNotCompleted();
    assertThat(outcome(gate.submit(COMMAND, SECOND)))
        .as("a credit comes back once")
        .isInstanceOf(Outcome.Overloaded.class);
  }

  @Test
  void a_closed_gate_answers_all_that_wait_and_all_that_come() {
    var untouched = gate.submit(COMMAND, SECOND);
    var taken = gate.submit(COMMAND, SECOND);
    List<ClientRequest> drawn = gate.draw();
    assertThat(drawn.get(1).mayTakeEffect()).isTrue();
    Outcome gone = new Outcome.NoLeader("stopped");
    gate.close(gone);
    assertThat(outcome(untouched)).isEqualTo(gone);
    assertThat(outcome(taken)).isInstanceOf(Outcome.Indeterminate.class);
    assertThat(outcome(gate.submit(COMMAND, SECOND))).isEqualTo(gone);
  }
}

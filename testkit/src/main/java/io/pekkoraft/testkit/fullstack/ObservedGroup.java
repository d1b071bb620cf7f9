package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.api.TransferOutcome;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.testkit.picture.Recording;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;

/**
 * A member's handle for tests: what is asked of it runs on its machine, and a history hears what is
 * proposed and answered. A request whose process ends before its answer is never completed, like
 * its client in that process.
 */
final class ObservedGroup implements RaftGroup {
  private final RaftGroup inner;
  private final Machine machine;
  private final ClientHistory history;
  private final ProtocolChecks checks;

  ObservedGroup(RaftGroup inner, Machine machine, ClientHistory history, ProtocolChecks checks) {
    this.inner = inner;
    this.machine = machine;
    this.history = history;
    this.checks = checks;
  }

  private <T> CompletableFuture<T> ask(Supplier<CompletionStage<T>> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    machine.run(
        () ->
            question
                .get()
                .whenComplete(
                    (value, failure) -> {
                      if (failure == null) {
                        answer.complete(value);
                      } else {
                        answer.completeExceptionally(failure);
                      }
                    }));
    return answer;
  }

  private CompletionStage<Outcome> observed(
      byte[] command, Supplier<CompletionStage<Outcome>> proposal) {
    history.proposed(command);
    WorldListener listener = machine.world().listener();
    Recording.Operation operation = listener.asked(machine, command.length);
    return ask(proposal)
        .thenApply(
            outcome -> {
              listener.answered(machine, operation, outcome);
              history.answered(command, outcome);
              if (outcome instanceof Outcome.Committed committed) {
                checks.acknowledged(machine, committed.index());
              }
              return outcome;
            });
  }

  @Override
  public CompletionStage<Outcome> propose(byte[] command, Duration timeout) {
    return observed(command, () -> inner.propose(command, timeout));
  }

  @Override
  public CompletionStage<Outcome> proposeInTerm(long term, byte[] command, Duration timeout) {
    return observed(command, () -> inner.proposeInTerm(term, command, timeout));
  }

  @Override
  public @Nullable Leadership leadership() {
    return inner.leadership();
  }

  @Override
  public CompletionStage<TransferOutcome> transferLeadership(
      @Nullable NodeId to, Duration timeout) {
    return ask(() -> inner.transferLeadership(to, timeout));
  }

  @Override
  public CompletionStage<Done> stop(Duration timeout) {
    return ask(() -> inner.stop(timeout));
  }

  @Override
  public CompletionStage<RaftStatus> status() {
    return ask(inner::status);
  }
}

package io.pekkoraft.node;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.api.TransferOutcome;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.NodeCommand;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;

/** The handle of a member that runs here. */
final class LocalRaftGroup implements RaftGroup {
  private static final Duration STATUS_TIMEOUT = Duration.ofSeconds(1);

  /** Far from overflowing; a transfer takes an election timeout at most anyway. */
  private static final Duration LONGEST = Duration.ofHours(1);

  private final ActorSystem<?> system;
  private final TimeAndChance time;
  private final Gate gate;
  private final ActorRef<NodeCommand> node;
  private final LastStatus last;
  private final AtomicReference<@Nullable Leadership> leadership;
  private final OrderedStop stop;

  /**
   * @param last what is answered when the node's actor does not
   * @param leadership where the node's actor puts it
   */
  LocalRaftGroup(
      ActorSystem<?> system,
      Gate gate,
      ActorRef<NodeCommand> node,
      LastStatus last,
      AtomicReference<@Nullable Leadership> leadership,
      OrderedStop stop) {
    this.system = system;
    this.time = TimeAndChance.of(system);
    this.leadership = leadership;
    this.stop = stop;
    this.gate = gate;
    this.node = node;
    this.last = last;
  }

  @Override
  public CompletionStage<Outcome> propose(byte[] command, Duration timeout) {
    return gate.submit(command, timeout);
  }

  @Override
  public CompletionStage<Outcome> proposeInTerm(long term, byte[] command, Duration timeout) {
    return gate.submit(command, timeout, term);
  }

  @Override
  public @Nullable Leadership leadership() {
    return leadership.get();
  }

  @Override
  public CompletionStage<TransferOutcome> transferLeadership(
      @Nullable NodeId to, Duration timeout) {
    CompletableFuture<TransferOutcome> answer = new CompletableFuture<>();
    Duration atMost = timeout.compareTo(LONGEST) < 0 ? timeout : LONGEST;
    long deadline = time.monotonicNanos() + atMost.toNanos();
    node.tell(new NodeCommand.TransferLeadership(to, deadline, answer::complete));
    return Deadlines.complete(
        system,
        answer,
        atMost,
        () ->
            new TransferOutcome.Aborted(
                "no new leader was heard within " + timeout.toMillis() + " ms"));
  }

  @Override
  public CompletionStage<Done> stop(Duration timeout) {
    return stop.begin(this, timeout);
  }

  @Override
  public CompletionStage<RaftStatus> status() {
    CompletableFuture<RaftStatus> answer = new CompletableFuture<>();
    Consumer<RaftStatus> replyTo =
        status -> {
          last.update(status);
          answer.complete(status);
        };
    node.tell(new NodeCommand.GetStatus(replyTo));
    return Deadlines.complete(system, answer, STATUS_TIMEOUT, last::silent);
  }
}

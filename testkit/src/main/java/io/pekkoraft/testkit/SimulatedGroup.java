package io.pekkoraft.testkit;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.api.TransferOutcome;
import io.pekkoraft.log.NodeId;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;

/**
 * A member as the application sees it, on virtual time: what is asked enters the run when that goes
 * on, and the stage is completed by the run, in the thread that lets time pass.
 */
final class SimulatedGroup implements RaftGroup, SimulationListener {
  private final Simulation simulation;
  private final SimulatedNode node;
  private final Requests requests;
  private volatile @Nullable Leadership leadership;
  private @Nullable CompletableFuture<Done> stopped;

  SimulatedGroup(Simulation simulation, SimulatedNode node, Requests requests) {
    this.simulation = simulation;
    this.node = node;
    this.requests = requests;
    settled(node);
    simulation.listen(this);
  }

  /** After every event: what other threads may read has to be put where they can. */
  @Override
  public void settled(SimulatedNode changed) {
    if (changed == node) {
      SimulatedProcess process = node.process();
      leadership = process == null ? null : process.leadership();
    }
  }

  @Override
  public CompletionStage<Outcome> propose(byte[] command, Duration timeout) {
    return proposeInTerm(0, command, timeout);
  }

  @Override
  public CompletionStage<Outcome> proposeInTerm(long term, byte[] command, Duration timeout) {
    Objects.requireNonNull(command, "command");
    Objects.requireNonNull(timeout, "timeout");
    CompletableFuture<Outcome> answer = new CompletableFuture<>();
    requests.enter(
        answer, () -> simulation.propose(node, command, term, timeout, answer::complete));
    return answer;
  }

  @Override
  public @Nullable Leadership leadership() {
    return leadership;
  }

  @Override
  public CompletionStage<TransferOutcome> transferLeadership(
      @Nullable NodeId to, Duration timeout) {
    CompletableFuture<TransferOutcome> answer = new CompletableFuture<>();
    requests.enter(answer, () -> simulation.transfer(node, to, timeout).then(answer::complete));
    return answer;
  }

  /** Hands the leadership over if it leads, and ends the process. */
  @Override
  public synchronized CompletionStage<Done> stop(Duration timeout) {
    if (stopped == null) {
      CompletableFuture<Done> done = new CompletableFuture<>();
      stopped = done;
      requests.enter(
          done,
          () ->
              simulation
                  .transfer(node, null, timeout)
                  .then(
                      ended ->
                          simulation.schedule(
                              0,
                              () -> {
                                node.crash();
                                done.complete(Done.getInstance());
                              })));
    }
    return stopped;
  }

  /** Completed exceptionally if the member is down, for then nobody has this object either. */
  @Override
  public CompletionStage<RaftStatus> status() {
    CompletableFuture<RaftStatus> answer = new CompletableFuture<>();
    requests.enter(
        answer,
        () -> {
          if (node.isRunning()) {
            answer.complete(node.status());
          } else {
            answer.completeExceptionally(new IllegalStateException(node.id() + " is down"));
          }
        });
    return answer;
  }
}

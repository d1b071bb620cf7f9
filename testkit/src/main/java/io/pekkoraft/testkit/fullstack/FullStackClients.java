package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.testkit.keyvalue.KeyValueBytes;
import io.pekkoraft.testkit.keyvalue.KeyValueClients;
import io.pekkoraft.testkit.keyvalue.KeyValueClients.Told;
import io.pekkoraft.testkit.linearizability.KeyValueRequest;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The members of a whole stack for clients of keys and values. Who asks a process that ends before
 * its answer does not know whether it was done; who asks one that goes on is answered in time (L5).
 */
final class FullStackClients implements KeyValueClients.Group<String> {
  private static final int MOST_BALLAST = 300;

  /** A clock may be slow, and deadlines are looked at now and then. */
  private static final double TOLERANCE = 1.1;

  private static final long TOLERANCE_NANOS = 100_000_000;

  private final FullStackCluster cluster;
  private final VirtualWorld world;
  private final SplittableRandom random;
  private long number;

  FullStackClients(FullStackCluster cluster, SplittableRandom random) {
    this.cluster = cluster;
    this.world = cluster.world();
    this.random = random;
  }

  @Override
  public List<String> members() {
    return cluster.names();
  }

  @Override
  public boolean isRunning(String member) {
    return cluster.isRunning(member);
  }

  @Override
  public void schedule(long nanos, Runnable what) {
    world.schedule(nanos, what);
  }

  @Override
  public void ask(String member, KeyValueRequest request, Duration timeout, Told told) {
    if (!isRunning(member)) {
      schedule(0, () -> told.hears(new Outcome.NoLeader("nobody is there"), null));
      return;
    }
    byte[] command =
        NumberedCommands.command(++number, random.nextInt(MOST_BALLAST), KeyValueBytes.of(request));
    CompletableFuture<Outcome> answer =
        cluster.group(member).propose(command, timeout).toCompletableFuture();
    Waiting waiting = new Waiting(cluster.machine(member), told);
    CompletableFuture<Void> unused =
        answer.thenAccept(outcome -> schedule(0, () -> waiting.hears(outcome)));
    schedule((long) (timeout.toNanos() * TOLERANCE) + TOLERANCE_NANOS, waiting::deadlineIsOver);
  }

  /** A client that has asked a process. */
  private final class Waiting {
    private final Machine machine;
    private final @Nullable Life life;
    private final Told told;
    private final long askedNanos = world.nowNanos();
    private boolean answered;

    Waiting(Machine machine, Told told) {
      this.machine = machine;
      this.life = machine.life();
      this.told = told;
    }

    void hears(Outcome outcome) {
      if (!answered) {
        answered = true;
        told.hears(
            outcome,
            outcome instanceof Outcome.Committed committed
                ? KeyValueBytes.reply(committed.result())
                : null);
      }
    }

    void deadlineIsOver() {
      if (answered) {
        return;
      }
      if (machine.life() != life) {
        hears(new Outcome.Indeterminate("its process has ended"));
      } else if (machine.isPaused() || machine.resumedNanos() >= askedNanos) {
        hears(new Outcome.Indeterminate("its process stood still"));
      } else {
        world.violation(
            "L5 no client waits beyond its deadline",
            machine.name() + ", asked at " + askedNanos / 1e6 + " ms");
      }
    }
  }
}

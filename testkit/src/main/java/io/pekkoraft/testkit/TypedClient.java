package io.pekkoraft.testkit;

import io.pekkoraft.api.Outcome;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Proposes an application's commands in its own types. For one cluster; to be used in the test's
 * own thread.
 *
 * @param <C> commands
 * @param <R> results
 */
public final class TypedClient<C, R> {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long PAUSE_MILLIS = 100;
  private static final String NEEDS_COMMIT = "call needs a committed answer";

  private final Cluster cluster;
  private final Function<? super C, byte[]> toBytes;
  private final Function<byte[], ? extends R> toResult;

  TypedClient(
      Cluster cluster,
      Function<? super C, byte[]> toBytes,
      Function<byte[], ? extends R> toResult) {
    this.cluster = cluster;
    this.toBytes = toBytes;
    this.toResult = toResult;
  }

  /** A command on its way, and what became of it. */
  public static final class Request<R> {
    private final Operation operation;
    private final Function<byte[], ? extends R> toResult;

    private Request(Operation operation, Function<byte[], ? extends R> toResult) {
      this.operation = operation;
      this.toResult = toResult;
    }

    /** Null while it waits; it ends when virtual time has passed its timeout, at the latest. */
    public @Nullable Outcome outcome() {
      return operation.outcome();
    }

    public boolean isCommitted() {
      return operation.outcome() instanceof Outcome.Committed;
    }

    /**
     * @return what the state machine answered
     * @throws IllegalStateException if it is not committed; it says what became of it
     */
    public R result() {
      return toResult.apply(operation.result());
    }

    @Override
    public String toString() {
      return operation.toString();
    }
  }

  /**
   * Proposes through a member, and returns at once: let time {@link Cluster#elapse elapse}. It ends
   * after 5 s of virtual time at the latest.
   */
  public Request<R> propose(String member, C command) {
    return new Request<>(cluster.propose(member, toBytes.apply(command), TIMEOUT), toResult);
  }

  /**
   * Proposes through a member and lets time pass until it is committed. What certainly had no
   * effect is tried again, as a patient client does.
   *
   * @return what the state machine answered
   * @throws AssertionError if it ended in doubt, or is not committed within 30 s of virtual time
   */
  public R call(String member, C command) {
    long start = cluster.simulation().nowNanos();
    while (true) {
      Request<R> request = propose(member, command);
      cluster.await("an answer to " + request, PATIENCE, () -> request.outcome() != null);
      if (request.isCommitted()) {
        return request.result();
      }
      long passed = cluster.simulation().nowNanos() - start;
      if (!request.operation.certainlyFailed() || passed > PATIENCE.toNanos()) {
        throw notCommitted(member, request, passed);
      }
      cluster.elapse(PAUSE_MILLIS);
    }
  }

  private InvariantViolation notCommitted(String member, Request<R> request, long passedNanos) {
    String headline =
        String.format(
            Locale.ROOT,
            "%s; %s answered %s after %,d ms of virtual time; use propose where it may fail",
            NEEDS_COMMIT,
            member,
            request.outcome(),
            passedNanos / 1_000_000);
    return cluster
        .simulation()
        .invariants()
        .violation(cluster.node(member), NEEDS_COMMIT, headline, request.toString(), null);
  }
}

package io.pekkoraft.testkit.linearizability;

import io.pekkoraft.testkit.linearizability.ClientOperation.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Records what clients ask and what they are told, from any threads of one process. Only the order
 * of events counts, not the time between them: a tick is drawn before a request leaves, and another
 * one after its answer came.
 *
 * <pre>{@code
 * History<Input, Output> history = new History<>();
 * History.Call<Input, Output> call = history.invoke("client 1", input);
 * // ... ask ...
 * call.returned(output); // or failed(), or unknown()
 * }</pre>
 *
 * @param <I> what a client asks
 * @param <O> what it is told
 */
public final class History<I, O> {
  private final AtomicLong ticks = new AtomicLong();
  private final ConcurrentLinkedQueue<Call<I, O>> calls = new ConcurrentLinkedQueue<>();

  /** A client is about to ask. Call it before the request leaves. */
  public Call<I, O> invoke(String client, I input) {
    Call<I, O> call = new Call<>(client, input, ticks);
    calls.add(call);
    return call;
  }

  /** All so far, in no particular order; what has not ended yet has an unknown outcome. */
  public List<ClientOperation<I, O>> operations() {
    List<ClientOperation<I, O>> operations = new ArrayList<>();
    for (Call<I, O> call : calls) {
      operations.add(call.operation());
    }
    return operations;
  }

  /** An operation under way. It ends once; thread-safe. */
  public static final class Call<I, O> {
    private final AtomicLong ticks;
    private volatile ClientOperation<I, O> operation;

    private Call(String client, I input, AtomicLong ticks) {
      this.ticks = ticks;
      this.operation =
          new ClientOperation<>(
              client, input, Outcome.UNKNOWN, null, ticks.incrementAndGet(), ClientOperation.NEVER);
    }

    /** The answer came, and is this. */
    public void returned(O output) {
      end(Outcome.RETURNED, output);
    }

    /** It is certain that it had no effect and will have none: a refusal, not a time-out. */
    public void failed() {
      end(Outcome.FAILED, null);
    }

    /** Nobody knows. The same as never to say anything: it may still take effect, at any time. */
    public void unknown() {
      if (operation.outcome() != Outcome.UNKNOWN) {
        throw new IllegalStateException("has ended already: " + operation);
      }
    }

    private synchronized void end(Outcome outcome, @Nullable O output) {
      ClientOperation<I, O> open = operation;
      if (open.outcome() != Outcome.UNKNOWN) {
        throw new IllegalStateException("has ended already: " + open);
      }
      operation =
          new ClientOperation<>(
              open.client(),
              open.input(),
              outcome,
              output,
              open.invoked(),
              ticks.incrementAndGet());
    }

    /** As it is now. */
    public ClientOperation<I, O> operation() {
      return operation;
    }
  }
}

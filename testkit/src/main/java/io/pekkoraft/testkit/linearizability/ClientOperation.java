package io.pekkoraft.testkit.linearizability;

import org.jspecify.annotations.Nullable;

/**
 * What a client asked, and what became of it. Times are ticks of the {@link History}: they say what
 * came before what, nothing else.
 *
 * @param client who asked; for reports only
 * @param input what was asked
 * @param outcome whether the client knows what became of it
 * @param output what it was told; null unless {@link Outcome#RETURNED}
 * @param invoked before the request left the client
 * @param returned after the answer came; {@link #NEVER} if it may take effect at any later time
 */
public record ClientOperation<I, O>(
    String client, I input, Outcome outcome, @Nullable O output, long invoked, long returned) {

  /** Later than any tick. */
  public static final long NEVER = Long.MAX_VALUE;

  /** What a client knows of an operation. */
  public enum Outcome {
    /** It took effect once, between its call and its return, and this is its output. */
    RETURNED,
    /** It never took effect and never will. */
    FAILED,
    /** It takes effect once, at any time after its call, or never. */
    UNKNOWN
  }

  /** Refuses an operation that contradicts itself. */
  public ClientOperation {
    if ((outcome == Outcome.RETURNED) != (output != null)) {
      throw new IllegalArgumentException(
          outcome + " with " + output + ": an output is of what returned");
    }
    if (returned <= invoked) {
      throw new IllegalArgumentException("returned at " + returned + ", invoked at " + invoked);
    }
    if ((outcome == Outcome.UNKNOWN) != (returned == NEVER)) {
      throw new IllegalArgumentException(outcome + " at " + returned);
    }
  }

  /** The same, if nobody had heard how it ended. */
  ClientOperation<I, O> withoutOutcome() {
    return new ClientOperation<>(client, input, Outcome.UNKNOWN, null, invoked, NEVER);
  }

  /** {@code [12, 15] client 3: Put[key=x, value=1] -> ok}. */
  @Override
  public String toString() {
    return "["
        + invoked
        + ", "
        + (returned == NEVER ? "..." : Long.toString(returned))
        + "] "
        + client
        + ": "
        + input
        + " -> "
        + (outcome == Outcome.RETURNED ? output : outcome);
  }
}

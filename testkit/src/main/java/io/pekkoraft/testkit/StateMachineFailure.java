package io.pekkoraft.testkit;

import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An application's state machine threw, or did what it must not: told in a line that names the
 * method and the command, with the exception as the cause.
 */
final class StateMachineFailure extends RuntimeException {
  /** What is violated: a rule for the application, and no invariant of the protocol. */
  static final String RULE = "a state machine throws nothing";

  private static final long serialVersionUID = 1L;

  /** One call of a method of a state machine. */
  interface Call<T> {
    @Nullable T run() throws IOException;
  }

  StateMachineFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * No stream that a state machine is given here fails, so an {@code IOException} is its own too.
   *
   * @param where at which command, asked for only if it is needed
   * @throws StateMachineFailure if the method throws anything, or returns null
   */
  static <T> T watch(String method, Supplier<String> where, Call<T> call) {
    T result;
    try {
      result = call.run();
    } catch (IOException | RuntimeException | Error e) {
      throw new StateMachineFailure(method + " threw " + where.get() + ": " + e, e);
    }
    if (result == null) {
      throw new StateMachineFailure(
          method + " returned null, not even an empty array, " + where.get(), null);
    }
    return result;
  }

  /** The application's own exception; this one if it threw none. */
  Throwable origin() {
    Throwable cause = getCause();
    return cause == null ? this : cause;
  }
}

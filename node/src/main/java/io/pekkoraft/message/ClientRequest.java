package io.pekkoraft.message;

import io.pekkoraft.api.Outcome;

/**
 * A command that waits for its answer. It is answered once, by whoever comes first: its result, a
 * refusal, or its deadline.
 */
public interface ClientRequest {

  /** The command, opaque to the protocol; shared, not copied. */
  byte[] command();

  /**
   * Asked just before the command is appended or forwarded: from then on it may take effect, and
   * when the deadline comes first, its outcome is unknown.
   *
   * @return false if it has been answered already; then it must not be appended or forwarded
   */
  boolean mayTakeEffect();

  /** The only term in which it may be appended, and never forwarded; 0 for any. */
  default long onlyInTerm() {
    return 0;
  }

  /** True once it has been answered: nobody waits for it any more. */
  boolean isDone();

  /** Answers it, unless it is answered already. May be called from any thread; never blocks. */
  void complete(Outcome outcome);
}

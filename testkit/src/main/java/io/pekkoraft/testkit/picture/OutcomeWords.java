package io.pekkoraft.testkit.picture;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.testkit.picture.Recording.Answer;

/** How a request ended, in a few words. */
public final class OutcomeWords {
  private OutcomeWords() {}

  /** For a person. */
  public static String of(Outcome outcome) {
    return outcome instanceof Outcome.Committed committed
        ? "committed at " + committed.index()
        : outcome.toString();
  }

  /** How an operation that ended so is drawn. */
  public static Answer answer(Outcome outcome) {
    return outcome instanceof Outcome.Committed
        ? Answer.DONE
        : outcome instanceof Outcome.Indeterminate ? Answer.UNKNOWN : Answer.NOT_DONE;
  }
}

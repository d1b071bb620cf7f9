package io.pekkoraft.testkit;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.testkit.picture.Recording.Answer;

/** How a request ended, in a few words. */
final class OutcomeWords {
  private OutcomeWords() {}

  static String of(Outcome outcome) {
    return outcome instanceof Outcome.Committed committed
        ? "committed at " + committed.index()
        : outcome.toString();
  }

  static Answer answer(Outcome outcome) {
    return outcome instanceof Outcome.Committed
        ? Answer.DONE
        : outcome instanceof Outcome.Indeterminate ? Answer.UNKNOWN : Answer.NOT_DONE;
  }
}

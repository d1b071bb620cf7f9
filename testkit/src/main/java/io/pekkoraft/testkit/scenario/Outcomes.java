package io.pekkoraft.testkit.scenario;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.TransferOutcome;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How requests and transfers end, in the words of scenarios: those of the API. */
final class Outcomes {
  /** All words for how a request is. */
  static final List<String> OF_REQUESTS =
      List.of(
          "waiting",
          "answered",
          "committed",
          "indeterminate",
          "refused",
          "no-leader",
          "not-leader",
          "overloaded",
          "rejected",
          "too-large",
          "storage-failed",
          "timed-out");

  /** All words for how a transfer is. */
  static final List<String> OF_TRANSFERS =
      List.of("waiting", "answered", "transferred", "not-leader", "refused", "aborted");

  private Outcomes() {}

  private static String word(Object outcome) {
    return outcome
        .getClass()
        .getSimpleName()
        .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
        .toLowerCase(Locale.ROOT);
  }

  /** Whether the word is true of an outcome, or of none yet. */
  static boolean is(@Nullable Object outcome, String word) {
    return switch (word) {
      case "waiting" -> outcome == null;
      case "answered" -> outcome != null;
      case "refused" ->
          outcome instanceof TransferOutcome.Refused
              || (outcome instanceof Outcome
                  && !(outcome instanceof Outcome.Committed)
                  && !(outcome instanceof Outcome.Indeterminate));
      default -> outcome != null && word(outcome).equals(word);
    };
  }

  static String text(@Nullable Object outcome) {
    if (outcome == null) {
      return "waiting";
    }
    String word = word(outcome);
    if (outcome instanceof Outcome.Committed committed) {
      return word + " at " + committed.index();
    } else if (outcome instanceof TransferOutcome.Transferred transferred) {
      return word + " to " + transferred.leader() + " in term " + transferred.term();
    } else if (outcome instanceof Outcome.Indeterminate indeterminate) {
      return word + " (" + indeterminate.reason() + ")";
    } else if (outcome instanceof Outcome.NoLeader noLeader) {
      return word + " (" + noLeader.reason() + ")";
    } else if (outcome instanceof TransferOutcome.Aborted aborted) {
      return word + " (" + aborted.reason() + ")";
    } else if (outcome instanceof TransferOutcome.Refused refused) {
      return word + " (" + refused.reason() + ")";
    }
    return word;
  }
}
